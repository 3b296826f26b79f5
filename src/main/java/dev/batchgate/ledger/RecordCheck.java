package dev.batchgate.ledger;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The records hold together: nothing is missing from them, nobody was moved in them, and an ingestion is finished if,
 * and only if, each of its batches has ended.
 */
final class RecordCheck implements Check {

    private final Findings findings;
    private final long lastRun;

    /** Ingestions up to this one may have been deleted together with all of their part of the ledger. */
    private final long deletedUpTo;

    private final Map<Long, Accepted> ingestions = new HashMap<>();
    private final Map<Long, Integer> ended = new HashMap<>();
    private final Set<Long> lastEnded = new HashSet<>();
    private long newestSequence;
    private long newestCreatedAt;
    private @Nullable Dispatch last;

    RecordCheck(Findings findings, long lastRun, long deletedUpTo) {
        this.findings = findings;
        this.lastRun = lastRun;
        this.deletedUpTo = deletedUpTo;
    }

    @Override
    public void accepted(Accepted ingestion) {
        ingestions.put(ingestion.sequence(), ingestion);
        long missing = Math.max(deletedUpTo, newestSequence) + 1;
        newestSequence = ingestion.sequence();
        if (missing < ingestion.sequence()) {
            findings.add("durable", "ingestion %d is missing, and nothing of it was ever dispatched", missing);
        }
        if (!ingestion.deleted() && ingestion.createdAt() < newestCreatedAt) {
            findings.add("FIFO", "ingestion %d was created before one that was accepted earlier", ingestion.sequence());
        }
        newestCreatedAt = Math.max(newestCreatedAt, ingestion.createdAt());
    }

    @Override
    public void dispatched(Dispatch dispatch) {
        Dispatch before = last;
        last = dispatch;
        if (before != null && dispatch.slot() != before.slot() + 1) {
            findings.add("ledger", "between slot %d and slot %d something is missing", before.slot(), dispatch.slot());
        }
        if (before != null && dispatch.newest() < before.newest()) {
            findings.add("ledger", "slot %d knew fewer ingestions than slot %d", dispatch.slot(), before.slot());
        }
        if (!dispatch.isOver() && dispatch.run().number() < lastRun) {
            findings.add("ledger", "slot %d has no outcome, though its run is over", dispatch.slot());
        }
        if (dispatch.newest() > Math.max(newestSequence, deletedUpTo)) {
            findings.add("durable", "slot %d knew ingestion %d, which is missing", dispatch.slot(), dispatch.newest());
        }
        if (dispatch.run().isUnknown()) {
            findings.add(
                    "ledger",
                    "slot %d belongs to run %d, which is not on record",
                    dispatch.slot(),
                    dispatch.run().number());
        }
        Accepted ingestion = ingestions.get(dispatch.ingestion());
        if (ingestion != null && !ingestion.priority().equals(dispatch.priority())) {
            findings.add(
                    "priority",
                    "slot %d took %s, which was accepted as %s",
                    dispatch.slot(),
                    dispatch.name(),
                    ingestion.priority());
        }
        if (dispatch.isOver() && !dispatch.isLost()) {
            ended.merge(dispatch.ingestion(), 1, Integer::sum);
            if (ingestion != null && dispatch.batch() == ingestion.batches() - 1) {
                lastEnded.add(dispatch.ingestion());
            }
        }
    }

    @Override
    public void end() {
        ingestions.values().forEach(this::requireEnds);
    }

    /**
     * Of what has been deleted, the ledger tells the end, since it is cut at its beginning; unless repeats alone are
     * left.
     */
    private void requireLastEnd(Accepted ingestion) {
        if (ingestion.firstBatch() < ingestion.batches() && !lastEnded.contains(ingestion.sequence())) {
            findings.add("durable", "ingestion %d is missing, and its last batch never ended", ingestion.sequence());
        }
    }

    private void requireEnds(Accepted ingestion) {
        if (ingestion.deleted()) {
            requireLastEnd(ingestion);
            return;
        }
        int ends = ended.getOrDefault(ingestion.sequence(), 0);
        int batches = ingestion.batches();
        if (ingestion.finished() && ends < batches) {
            findings.add(
                    "at least once",
                    "ingestion %d is finished, but %d of its %d batches never ended",
                    ingestion.sequence(),
                    batches - ends,
                    batches);
        }
        if (!ingestion.finished() && ends >= batches) {
            findings.add("ledger", "every batch of ingestion %d ended, but it is not finished", ingestion.sequence());
        }
    }
}
