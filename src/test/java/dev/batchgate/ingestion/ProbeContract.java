package dev.batchgate.ingestion;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What becomes of the ids of a probe in the middle of which the upstream comes back, whatever the queue is kept in. */
public abstract class ProbeContract {

    private static final IdOutcome NO_CONNECTION = new IdOutcome.Missed("no connection", null, false);
    private static final IdOutcome BUSY = new IdOutcome.Missed("busy", 503, true);
    private static final IdOutcome FETCHED = new IdOutcome.Fetched(Data.NONE);

    /** A fresh, empty one; settings are written {@code name=value}, without their prefix. */
    protected abstract OrdersContract.Desk desk(String... settings);

    /** What the ledger's check prints of the last one. */
    protected abstract String verify();

    private BatchQueue queue;
    private Results results;

    private void open(int downAfter, int maxAttempts) {
        OrdersContract.Desk desk = desk(
                "interval=1ms",
                "upstream.backoff=0ms",
                "upstream.down-after=" + downAfter,
                "upstream.max-attempts=" + maxAttempts);
        queue = desk.queue();
        results = desk.results();
    }

    @Test
    void whatFoundNoConnectionWhenOthersDidHasItsLastAttemptStill() throws Exception {
        open(1, 1);
        UUID id = add(1, 2, 3);
        add(4);
        end(NO_CONNECTION, NO_CONNECTION, NO_CONNECTION);

        end(NO_CONNECTION, FETCHED, FETCHED);
        assertThat(queue.state().upstream()).isEqualTo(new QueueState.UpstreamState(false, null));
        assertThat(state(id).status()).isEqualTo(BatchStatus.TRIGGERED);
        assertThat(state(id).error()).isEqualTo("id 1: no connection");
        assertThat(end(FETCHED)).containsExactly(1L);

        assertThat(state(id).status()).isEqualTo(BatchStatus.COMPLETED);
        assertThat(state(id).attempts()).isEqualTo(3);
        assertThat(verify()).contains("violations   0", "dispatches   3");
    }

    @Test
    void onceOneHasFoundAConnectionTheNextDispatchIsNoProbe() throws Exception {
        open(2, 2);
        UUID id = add(1, 2, 3);
        add(4);
        end(NO_CONNECTION, NO_CONNECTION, NO_CONNECTION);
        end(NO_CONNECTION, NO_CONNECTION, NO_CONNECTION);
        end(NO_CONNECTION, NO_CONNECTION, FETCHED);
        assertThat(state(id).status()).isEqualTo(BatchStatus.TRIGGERED);

        assertThat(end(NO_CONNECTION, FETCHED)).containsExactly(1L, 2L);

        assertThat(state(id).status()).isEqualTo(BatchStatus.FAILED);
        assertThat(state(id).error()).isEqualTo("id 1: no connection; no attempts are left");
    }

    @Test
    void whileTheUpstreamIsNotTakenToBeDownItCounts() throws Exception {
        open(1, 1);
        UUID id = add(1, 2, 3);
        add(4);

        end(NO_CONNECTION, FETCHED, FETCHED);

        assertThat(state(id).status()).isEqualTo(BatchStatus.FAILED);
        assertThat(state(id).error()).isEqualTo("id 1: no connection; no attempts are left");
    }

    @Test
    void whatFoundAConnectionAndNoAnswerHasHadItsLastAttempt() throws Exception {
        open(1, 1);
        UUID id = add(1, 2, 3);
        add(4);
        end(NO_CONNECTION, NO_CONNECTION, NO_CONNECTION);

        end(NO_CONNECTION, BUSY, FETCHED);
        assertThat(state(id).status()).isEqualTo(BatchStatus.TRIGGERED);
        assertThat(state(id).error()).isEqualTo("id 2: busy; no attempts are left; id 1: no connection");
        assertThat(end(FETCHED)).containsExactly(1L);

        assertThat(state(id).status()).isEqualTo(BatchStatus.FAILED);
        assertThat(results.read(id, 0).orElseThrow().byPosition())
                .containsEntry(0, FETCHED)
                .containsEntry(1, new IdOutcome.Failed("busy; no attempts are left", 503))
                .containsEntry(2, FETCHED);
        assertThat(verify()).contains("violations   0", "dispatches   3");
    }

    @Test
    void itCountsWhereWhatFoundAConnectionIsAskedForAgain() throws Exception {
        open(1, 2);
        UUID id = add(1, 2, 3);
        add(4);
        end(NO_CONNECTION, NO_CONNECTION, NO_CONNECTION);

        end(NO_CONNECTION, BUSY, FETCHED);
        assertThat(end(FETCHED, BUSY)).containsExactly(1L, 2L);

        assertThat(state(id).error()).isEqualTo("id 2: busy; no attempts are left");
    }

    @Test
    void itCountsWhereNobodyWaits() throws Exception {
        open(1, 2);
        UUID id = add(1, 2, 3);
        end(NO_CONNECTION, NO_CONNECTION, NO_CONNECTION);

        end(NO_CONNECTION, FETCHED, FETCHED);

        assertThat(state(id).error()).isEqualTo("id 1: no connection; no attempts are left");
    }

    private UUID add(long... ids) {
        return queue.add(Queues.submission(Priority.LOW, Ids.of(ids)));
    }

    /** Ends the next dispatch like this; returns which ids it asked for. */
    private List<Long> end(IdOutcome... outcomes) throws InterruptedException {
        Batch batch = queue.take();
        queue.finish(batch, Outcomes.of(outcomes));
        return batch.ids();
    }

    private BatchState state(UUID id) {
        return queue.find(id).orElseThrow().state(0);
    }
}
