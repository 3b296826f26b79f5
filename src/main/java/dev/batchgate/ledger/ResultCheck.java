package dev.batchgate.ledger;

/** Each id of a batch that has ended has one result, and the batch has ended as they say; of the others, some are missing. */
final class ResultCheck {

    private final Findings findings;

    ResultCheck(Findings findings) {
        this.findings = findings;
    }

    void kept(Kept kept) {
        Run run = kept.run();
        if (run == null) {
            findings.add(
                    "results", "there are %d results of %s, which was never dispatched", kept.results(), kept.name());
        } else if (kept.status() == null) {
            requireMissing(kept);
        } else if (!run.older() || kept.results() > 0) {
            requireAll(kept, kept.status());
        }
    }

    /** Results of an ingestion that is not there any more. */
    void left(long ingestion, int results) {
        findings.add("results", "there are %d results of ingestion %d, which is missing", results, ingestion);
    }

    private void requireMissing(Kept kept) {
        if (kept.results() >= kept.ids()) {
            findings.add("results", "%s has all of its %d results, but has not ended", kept.name(), kept.ids());
        }
    }

    private void requireAll(Kept kept, String status) {
        boolean agrees = switch (status) {
            case Dispatch.COMPLETED -> kept.completed() == kept.ids();
            case Dispatch.FAILED -> kept.failed() > 0;
            case Dispatch.CANCELLED -> kept.failed() == 0 && kept.cancelled() > 0;
            default -> false;
        };
        if (!agrees || kept.results() != kept.ids()) {
            findings.add(
                    "results",
                    "%s ended as %s, but of its %d ids %d completed, %d failed and %d were cancelled",
                    kept.name(),
                    status,
                    kept.ids(),
                    kept.completed(),
                    kept.failed(),
                    kept.cancelled());
        }
    }
}
