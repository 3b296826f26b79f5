package dev.batchgate.ledger;

/** An ingestion is finished if, and only if, each of its batches has ended; and none is missing that is not. */
final class EndCheck implements Check {

    private final Findings findings;
    private final Backlog backlog;
    private final Cut cut;

    EndCheck(Findings findings, Backlog backlog, Cut cut) {
        this.findings = findings;
        this.backlog = backlog;
        this.cut = cut;
    }

    @Override
    public void end() {
        backlog.courses().forEach(this::requireEnds);
    }

    private void requireEnds(Course course) {
        Accepted ingestion = course.ingestion();
        if (ingestion.deleted()) {
            requireEndsBeforeDeletion(course, ingestion);
        } else if (ingestion.finished() && course.open() > 0) {
            findings.add(
                    "at least once",
                    "ingestion %d is finished, but %d of its %d batches never ended",
                    ingestion.sequence(),
                    course.open(),
                    ingestion.batches());
        } else if (!ingestion.finished() && course.open() == 0) {
            findings.add("ledger", "every batch of ingestion %d ended, but it is not finished", ingestion.sequence());
        }
    }

    /** Of what has been deleted, the ledger and the orders tell the end, since they are cut at their beginning. */
    private void requireEndsBeforeDeletion(Course course, Accepted ingestion) {
        if (ingestion.batches() == 0 && !course.isCancelled() && ingestion.sequence() > cut.deletedUpTo()) {
            findings.add(
                    "durable", "ingestion %d is missing, and nothing of it was ever dispatched", ingestion.sequence());
        } else if (course.open() > 0) {
            findings.add(
                    "durable",
                    "ingestion %d is missing, and %d of its %d batches never ended",
                    ingestion.sequence(),
                    course.open(),
                    ingestion.batches());
        }
    }
}
