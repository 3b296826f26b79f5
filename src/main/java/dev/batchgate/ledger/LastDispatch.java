package dev.batchgate.ledger;

import org.jspecify.annotations.Nullable;

/** The last dispatch of a batch, and what has become of the batch since, up to the moment that the replay has reached. */
final class LastDispatch {

    private enum State {
        /** It is in flight, or waits for its time; which of them, the clock tells. */
        WAITING,
        /** It has ended, or will have before anything else can happen to its batch. */
        ENDED,
        /** It had failed, was asked for again, and waits for nothing but a slot. */
        ASKED,
        /** It was cancelled, and is not dispatched any more; but that it ended is not on record. */
        WITHDRAWN
    }

    private final Course course;
    private final Dispatch dispatch;
    private State state;
    private long dueTicks;

    /** Whether all that had failed was asked for again since, but not this one, as far as its row tells. */
    private boolean passedOver;

    /** The first such order that it had certainly failed before. */
    private @Nullable Control forgottenBy;

    /** Whether it was cancelled after that, which is why its row does not tell of it. */
    private boolean settled;

    LastDispatch(Course course, Dispatch dispatch) {
        this.course = course;
        this.dispatch = dispatch;
        this.state = dispatch.isIncomplete() ? State.WAITING : State.ENDED;
    }

    Course course() {
        return course;
    }

    Dispatch dispatch() {
        return dispatch;
    }

    int batch() {
        return dispatch.batch();
    }

    boolean isWaiting() {
        return state == State.WAITING;
    }

    boolean hasEnded() {
        return state == State.ENDED;
    }

    boolean isAsked() {
        return state == State.ASKED;
    }

    boolean isWithdrawn() {
        return state == State.WITHDRAWN;
    }

    /** Whether its batch may be asked for again by an order that its row does not tell of. */
    boolean isFailed() {
        return hasEnded()
                && !settled
                && dispatch.retried() == null
                && (Dispatch.FAILED.equals(dispatch.outcome()) || Dispatch.FAILED.equals(dispatch.batchStatus()));
    }

    /** Whether nothing can follow any more. */
    boolean isOver() {
        return hasEnded() && !isFailed() && dispatch.retried() == null;
    }

    /** Returns whether the batch has ended with that. */
    boolean cancel() {
        settled = settled || passedOver;
        forgottenBy = null;
        if (isWaiting() && dispatch.batchStatus() != null) {
            state = State.ENDED;
            return true;
        }
        state = hasEnded() ? State.ENDED : State.WITHDRAWN;
        return false;
    }

    void ask() {
        state = State.ASKED;
    }

    /**
     * All that had failed is asked for again, of which its row tells nothing: it will be cancelled, or it is forgotten.
     *
     * @param certain whether it had certainly ended before
     */
    void passOver(Control retry, boolean certain) {
        passedOver = true;
        forgottenBy = certain && forgottenBy == null ? retry : forgottenBy;
    }

    @Nullable
    Control forgottenBy() {
        return forgottenBy;
    }

    /** Waits for its time in an era. */
    void enter(Era era) {
        dueTicks = dispatch.certainlyDueIn(era);
    }

    /** From when on it waits for nothing but a slot, on the clock of the era that it has entered. */
    long dueTicks() {
        return dueTicks;
    }
}
