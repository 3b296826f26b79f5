package dev.batchgate.ledger;

import org.jspecify.annotations.Nullable;

/**
 * An order that was given.
 *
 * @param afterSlot the last dispatch before it; 0 where there was none
 * @param newest sequence of the newest ingestion before it
 * @param ingestion sequence of the one that it is about; null if about none
 * @param priority of a move: to which
 * @param before of a move: from which
 */
record Control(
        long number,
        long afterSlot,
        long newest,
        String kind,
        @Nullable Long ingestion,
        @Nullable String priority,
        @Nullable String before) {

    boolean isPause() {
        return kind.equals("pause");
    }

    boolean isResume() {
        return kind.equals("resume");
    }

    boolean isCancel() {
        return kind.equals("cancel");
    }

    boolean isMove() {
        return kind.equals("move");
    }

    boolean isRetry() {
        return kind.equals("retry");
    }
}
