package dev.batchgate.ingestion;

import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Port: the gate and the accepted batches, most urgent first. It knows who is next and what became of everyone.
 *
 * <p>{@link #take} is entered by one thread, the dispatcher's; all else by any thread at any time.
 */
public interface BatchQueue {

    /**
     * Accepts all batches of a submission, or none. Once that is known, they are on stable storage and the next slot
     * counts them in. It is made known by a thread that others wait for, so that whoever hears it must not wait for anything.
     * What is thrown may be thrown at once, or be how it ends.
     *
     * @return the id of the ingestion, the submission's own or that of an equal one before it with the same idempotency
     *     key, for which the quota does not matter; and what is left of that
     * @throws BacklogFull when there is no room for them now
     * @throws QuotaExceeded when there is none in the quota of whoever hands them in; nothing of that is used up then
     * @throws NeverFits when there never is
     * @throws TooLate when it would be done later than it is to be
     * @throws KeyReused when the idempotency key stands for another submission
     * @throws Unavailable when it cannot be known to be stored; nothing has been accepted then
     */
    CompletableFuture<Receipt> submit(Submission submission);

    /** The same, for whoever can wait; an interrupt does not end the wait. */
    default Receipt accept(Submission submission) {
        try {
            return submit(submission).join();
        } catch (CompletionException refused) {
            throw refused.getCause() instanceof RuntimeException reason ? reason : refused;
        }
    }

    /** The same, for whoever has no quota. */
    default UUID add(Submission submission) {
        return accept(submission).ingestionId();
    }

    Optional<Ingestion> find(UUID ingestionId);

    /** An ingestion, for whoever may want to know where it stands, too. */
    default Optional<Sighting> see(UUID ingestionId) {
        return find(ingestionId).map(found -> new Sighting(found, () -> standing(ingestionId)));
    }

    /**
     * What a submission of this priority would find, were it accepted now.
     *
     * @param most how many of those behind it are to be listed; there may be more of them in it
     */
    Lineup lineup(Priority priority, int most);

    /** Where a submission would stand, were it accepted now. */
    default Standing standing(Submission submission) {
        return lineup(submission.priority(), 0)
                .standing(submission.batches(), submission.origin().owner());
    }

    /** Where an ingestion stands among all that waits; empty for one that has ended, or that there is not. */
    Optional<Standing> standing(UUID ingestionId);

    /**
     * Waits for a slot, for room among the batches in flight and for work, then hands out the batch that is the most
     * urgent when the slot opens of those that are not to wait, and that anybody has been told of: by priority, then acceptance, then place in its
     * ingestion, unless {@link Fairness} is asked for. A batch that was dispatched before comes with those ids alone that are missing. Its dispatch is on
     * record once it returns.
     *
     * @throws Unavailable when the dispatch cannot be recorded; nothing has been handed out then
     */
    Batch take() throws InterruptedException;

    /**
     * Says that a taken batch is on its way to the upstream. The next slot opens one interval after this, not after
     * {@link #take}: what delays a request before it leaves must not bring the next one closer to it. To say it twice
     * does no harm; {@link #finish} says it too.
     */
    void departed(Batch batch);

    /**
     * Whether a taken batch may still be sent. It may not once its slot may have been taken for given up, such as after
     * this process was stopped for a while: whatever is not sent by then is {@link IdOutcome.Withheld}. To be asked only by
     * whoever sends if it may.
     */
    boolean mayDepart(Batch batch);

    /**
     * Whether a taken batch must not be sent at all, because the gate has been closed, or it has been cancelled, between its choice
     * and its slot: all of it is {@link IdOutcome.Withheld}. Stays as it is.
     */
    default boolean isHeldBack(Batch batch) {
        return false;
    }

    /**
     * Says that a request of a taken batch has been handed to the network this very moment. {@link #departed} may come
     * late, if this process is stopped before the others have been, or withheld; a queue that other processes share needs
     * to know when the last one really left.
     */
    default void left(Batch batch) {}

    /**
     * Records what the dispatch of a taken batch brought, together with all that follows from it, and makes its room
     * among the batches in flight free. Once it returns, results are on stable storage, and what is missing waits for
     * another slot. Throws if the dispatch has ended.
     *
     * @param outcome one for each id of the batch
     * @throws Unavailable when it cannot be recorded; the batch stays in flight until somebody has said it again
     */
    void finish(Batch batch, Outcome outcome);

    QueueState state();

    /**
     * For how long a slot has stood open that a waiting batch could have had; zero while there is no such slot, or no
     * such batch. It is moments at most as long as somebody dispatches.
     *
     * @throws Unavailable when the store cannot be asked
     */
    Duration overdue();
}
