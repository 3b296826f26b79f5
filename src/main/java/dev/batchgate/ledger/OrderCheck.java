package dev.batchgate.ledger;

import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Every slot goes to the most urgent batch of those that wait: first the ones that a crash hid the outcome of, then by
 * priority, acceptance, and place in the ingestion; none is skipped, and none repeated whose outcome is known.
 */
final class OrderCheck implements Check {

    private static final List<String> PRIORITIES = List.of("HIGH", "MEDIUM", "LOW");
    private static final Comparator<Accepted> MOST_URGENT_FIRST = Comparator.<Accepted>comparingInt(
                    ingestion -> PRIORITIES.indexOf(ingestion.priority()))
            .thenComparingLong(Accepted::sequence);

    private final Findings findings;
    private final TreeSet<Accepted> waiting = new TreeSet<>(MOST_URGENT_FIRST);
    private final Map<Long, Progress> progress = new HashMap<>();

    /** By name, the last dispatch of each batch whose outcome is unknown and that has not been repeated yet. */
    private final Map<String, Dispatch> lost = new LinkedHashMap<>();

    private long repeats;

    /** How far an ingestion has come. */
    private static final class Progress {
        private final Accepted ingestion;
        private int next;

        Progress(Accepted ingestion) {
            this.ingestion = ingestion;
            this.next = ingestion.firstBatch();
        }
    }

    OrderCheck(Findings findings) {
        this.findings = findings;
    }

    @Override
    public void accepted(Accepted ingestion) {
        if (ingestion.firstBatch() < ingestion.batches()) {
            waiting.add(ingestion);
        }
        progress.put(ingestion.sequence(), new Progress(ingestion));
    }

    @Override
    public void dispatched(Dispatch dispatch) {
        Progress reached = progress.get(dispatch.ingestion());
        if (reached == null) {
            findings.add("order", "slot %d took %s before it was accepted", dispatch.slot(), dispatch.name());
        } else if (dispatch.attempt() > 1) {
            repeated(dispatch, reached);
        } else {
            taken(dispatch, reached);
        }
        if (dispatch.isLost()) {
            lost.put(dispatch.name(), dispatch);
        }
    }

    private void repeated(Dispatch dispatch, Progress reached) {
        repeats++;
        Dispatch before = lost.remove(dispatch.name());
        if (before == null && reached.ingestion.deleted() && dispatch.batch() < reached.next) {
            // What it repeats is older than what the ledger has been cut to.
            return;
        }
        if (before == null) {
            findings.add("repeat", "slot %d repeats %s, whose outcome was known", dispatch.slot(), dispatch.name());
        } else if (dispatch.attempt() != before.attempt() + 1) {
            findings.add(
                    "repeat",
                    "slot %d is attempt %d at %s, which follows attempt %d",
                    dispatch.slot(),
                    dispatch.attempt(),
                    dispatch.name(),
                    before.attempt());
        }
    }

    private void taken(Dispatch dispatch, Progress reached) {
        Accepted ingestion = reached.ingestion;
        lost.values().stream()
                .filter(hidden -> hidden.run().number() < dispatch.run().number())
                .findFirst()
                .ifPresent(hidden -> findings.add(
                        "repeat",
                        "slot %d took %s before %s was repeated, whose outcome is unknown",
                        dispatch.slot(),
                        dispatch.name(),
                        hidden.name()));
        if (dispatch.batch() != reached.next || dispatch.batch() >= ingestion.batches()) {
            findings.add(
                    "order",
                    "slot %d took %s, but its next is batch %d of %d",
                    dispatch.slot(),
                    dispatch.name(),
                    reached.next + 1,
                    ingestion.batches());
        }
        if (!waiting.isEmpty() && waiting.first().sequence() != ingestion.sequence()) {
            overtook(dispatch, waiting.first());
        }
        reached.next = Math.max(reached.next, dispatch.batch() + 1);
        if (reached.next >= ingestion.batches()) {
            waiting.remove(ingestion);
        }
    }

    private void overtook(Dispatch dispatch, Accepted waited) {
        findings.add(
                waited.priority().equals(dispatch.priority()) ? "FIFO" : "priority",
                "slot %d took %s while ingestion %d (%s) was waiting",
                dispatch.slot(),
                dispatch.name(),
                waited.sequence(),
                waited.priority());
    }

    /** Ingestions of which some batch has never been dispatched. */
    int waiting() {
        return waiting.size();
    }

    long repeats() {
        return repeats;
    }
}
