package dev.batchgate.ingestion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an idempotency key does in every queue. */
public abstract class IdempotencyContract {

    private static final int AT_ONCE = 32;

    /** A fresh, empty queue; settings are written {@code name=value}, without their prefix. */
    protected abstract BatchQueue queue(String... settings);

    /** The same queue as another process sees it: one that goes on with it, or works beside it. */
    protected abstract BatchQueue another(String... settings);

    private BatchQueue queue;

    @BeforeEach
    void aFreshQueue() {
        queue = queue("interval=1ms", "limits.max-backlog=2");
    }

    @Test
    void theSameAgainIsTheSameIngestion() {
        UUID first = add("key", Priority.LOW, 1, 2, 3);

        assertThat(add("key", Priority.LOW, 1, 2, 3)).isEqualTo(first);
        assertThat(add("other key", Priority.LOW, 1, 2, 3)).isNotEqualTo(first);
        assertThat(waiting()).isEqualTo(2);
    }

    @Test
    void aKeyThatStandsForSomethingElseIsRefused() {
        add("key", Priority.LOW, 1, 2, 3);

        for (Submission other : List.of(
                submission("key", Priority.LOW, 1, 2),
                submission("key", Priority.LOW, 3, 2, 1),
                submission("key", Priority.LOW, 1, 2, 3_000_000_000L),
                submission("key", Priority.HIGH, 1, 2, 3))) {
            assertThatThrownBy(() -> queue.add(other)).isInstanceOf(KeyReused.class);
        }
        assertThat(waiting()).isOne();
    }

    @Test
    void whoIsToBeToldBelongsToTheSubmission() {
        UUID told = queue.add(told("key", "https://example.com/a"));

        assertThat(queue.add(told("key", "https://example.com/a"))).isEqualTo(told);
        assertThatThrownBy(() -> queue.add(told("key", "https://example.com/b")))
                .isInstanceOf(KeyReused.class);
        assertThatThrownBy(() -> queue.add(told("key", null))).isInstanceOf(KeyReused.class);
        add("untold", Priority.LOW, 1);
        assertThatThrownBy(() -> queue.add(told("untold", "https://example.com/a")))
                .isInstanceOf(KeyReused.class);
        assertThat(waiting()).isEqualTo(2);
    }

    private static Submission told(String key, String url) {
        return new Submission(UUID.randomUUID(), Priority.LOW, Ids.of(1), 3, key, null, new Origin(null, url, null));
    }

    @Test
    void itIsKnownToOtherProcessesAndWhileTheBacklogIsFullAndOnceItHasEnded() throws Exception {
        UUID first = add("key", Priority.LOW, 1, 2, 3, 4);
        queue = another("interval=1ms", "limits.max-backlog=2");

        assertThatThrownBy(() -> add("another", Priority.LOW, 1)).isInstanceOf(BacklogFull.class);
        assertThat(add("key", Priority.LOW, 1, 2, 3, 4)).isEqualTo(first);
        Outcomes.completeNext(queue);
        Outcomes.completeNext(queue);
        assertThat(add("key", Priority.LOW, 1, 2, 3, 4)).isEqualTo(first);
        assertThat(waiting()).isZero();
    }

    @Test
    void manyAtOnceAreOneIngestion() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
        CyclicBarrier together = new CyclicBarrier(AT_ONCE);
        List<Future<UUID>> answers = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
            answers.add(threads.submit(() -> {
                together.await();
                return add("key", Priority.LOW, 1, 2, 3);
            }));
        }
        threads.shutdown();

        UUID first = answers.get(0).get();
        for (Future<UUID> answer : answers) {
            assertThat(answer.get()).isEqualTo(first);
        }
        assertThat(waiting()).isOne();
    }

    private long waiting() {
        return queue.state().waiting().get(Priority.LOW).batches();
    }

    private UUID add(String key, Priority priority, long... ids) {
        return queue.add(submission(key, priority, ids));
    }

    private static Submission submission(String key, Priority priority, long... ids) {
        return new Submission(UUID.randomUUID(), priority, Ids.of(ids), 3, key);
    }
}
