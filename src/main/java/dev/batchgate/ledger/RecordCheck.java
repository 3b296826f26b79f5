package dev.batchgate.ledger;

import org.jspecify.annotations.Nullable;

/** The records hold together: nothing is missing from them, nothing in them contradicts what was before it. */
final class RecordCheck implements Check {

    private final Findings findings;
    private final Era lastEra;
    private final Cut cut;
    private long newestSequence;
    private long newestCreatedAt;
    private long lastSlot;
    private @Nullable Control lastControl;
    private Knowledge known = new Knowledge("nothing", 0, 0);

    /** Up to which ingestion somebody knew of them: a slot or an order. */
    private record Knowledge(String kind, long number, long newest) {
        @Override
        public String toString() {
            return kind + " " + number;
        }
    }

    RecordCheck(Findings findings, Era lastEra, Cut cut) {
        this.findings = findings;
        this.lastEra = lastEra;
        this.cut = cut;
        this.lastSlot = cut.lastGone();
    }

    @Override
    public void accepted(Accepted ingestion) {
        long missing = Math.max(cut.deletedUpTo(), newestSequence) + 1;
        newestSequence = ingestion.sequence();
        if (missing < ingestion.sequence()) {
            findings.add("durable", "ingestion %d is missing, and nothing of it was ever dispatched", missing);
        }
        Long createdAt = ingestion.createdAt();
        if (ingestion.deleted() || createdAt == null) {
            return;
        }
        if (createdAt < newestCreatedAt) {
            findings.add("FIFO", "ingestion %d was created before one that was accepted earlier", ingestion.sequence());
        }
        newestCreatedAt = Math.max(newestCreatedAt, createdAt);
    }

    @Override
    public void ordered(Control control) {
        Control before = lastControl;
        lastControl = control;
        if (before == null && control.number() > 1 && !cut.mayHaveTaken(0)) {
            findings.add("ledger", "before control %d something is missing", control.number());
        }
        if (before != null && control.number() != before.number() + 1 && !cut.mayHaveTaken(before.afterSlot())) {
            findings.add(
                    "ledger",
                    "between control %d and control %d something is missing",
                    before.number(),
                    control.number());
        }
        if (before != null && control.afterSlot() < before.afterSlot()) {
            findings.add(
                    "ledger",
                    "control %d was given after slot %d, though control %d was after slot %d",
                    control.number(),
                    control.afterSlot(),
                    before.number(),
                    before.afterSlot());
        }
        if (control.afterSlot() > lastSlot) {
            findings.add(
                    "ledger",
                    "control %d was given after slot %d, which is missing",
                    control.number(),
                    control.afterSlot());
        }
        requireKnowledge(new Knowledge("control", control.number(), control.newest()));
    }

    @Override
    public void dispatched(Dispatch dispatch) {
        if (dispatch.slot() != lastSlot + 1) {
            findings.add("ledger", "between slot %d and slot %d something is missing", lastSlot, dispatch.slot());
        }
        lastSlot = dispatch.slot();
        if (!dispatch.isOver() && dispatch.run().number() < lastEra.firstRun()) {
            findings.add("ledger", "slot %d has no outcome, though its run is over", dispatch.slot());
        }
        if (dispatch.run().isUnknown()) {
            findings.add(
                    "ledger",
                    "slot %d belongs to run %d, which is not on record",
                    dispatch.slot(),
                    dispatch.run().number());
        }
        requireKnowledge(new Knowledge("slot", dispatch.slot(), dispatch.newest()));
    }

    private void requireKnowledge(Knowledge now) {
        if (now.newest < known.newest) {
            findings.add("ledger", "%s knew fewer ingestions than %s", now, known);
        }
        if (now.newest > Math.max(newestSequence, cut.deletedUpTo())) {
            findings.add("durable", "%s knew ingestion %d, which is missing", now, now.newest);
        }
        known = now;
    }
}
