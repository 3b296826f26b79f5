package dev.batchgate.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.batchgate.ingestion.BacklogFull;
import dev.batchgate.ingestion.BatchQueue;
import dev.batchgate.ingestion.Ids;
import dev.batchgate.ingestion.Priority;
import dev.batchgate.ingestion.Queues;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SubmissionsTests {

    private final TestInstallation installation = new TestInstallation();
    private final ExecutorService threads = Executors.newFixedThreadPool(100);

    @AfterEach
    void close() {
        threads.shutdownNow();
        installation.close();
    }

    @Test
    void whatWaitsTogetherIsOneCommit() throws Exception {
        BatchQueue queue = installation.desk().queue();
        queue.add(Queues.submission(Priority.LOW, Ids.of(1)));
        List<CompletableFuture<UUID>> answers = new ArrayList<>();

        installation.database().call(connection -> {
            connection.setAutoCommit(false);
            try (var lock = connection.prepareStatement("SELECT FROM acceptance FOR UPDATE")) {
                lock.execute();
                for (int i = 0; i < 100; i++) {
                    answers.add(CompletableFuture.supplyAsync(
                            () -> queue.add(Queues.submission(Priority.LOW, Ids.of(1, 2, 3))), threads));
                }
                awaitWaiting();
            } finally {
                connection.rollback();
                connection.setAutoCommit(true);
            }
            return true;
        });
        answers.forEach(CompletableFuture::join);

        assertThat(installation.number("SELECT count(*) FROM ingestion")).isEqualTo(101);
        assertThat(installation.number("SELECT count(DISTINCT xmin::text) FROM ingestion"))
                .as("one before, the first of them, and all that came while that waited")
                .isLessThanOrEqualTo(4);
    }

    /** Until whoever came first has got to the lock, and the others have had the time to queue up behind it. */
    private void awaitWaiting() {
        await().pollDelay(Duration.ofMillis(300))
                .until(() -> installation.number("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                                + " AND datname = current_database()")
                        > 0);
    }

    @Test
    void acceptanceSequencesHaveNoHolesWhateverIsRefusedBetween() {
        BatchQueue queue = installation.desk("limits.max-backlog=5").queue();
        for (int i = 0; i < 20; i++) {
            long[] ids = new long[1 + i % 4 * 3];
            Arrays.fill(ids, 7);
            try {
                queue.add(Queues.submission(Priority.LOW, Ids.of(ids)));
            } catch (BacklogFull expected) {
                assertThat(expected.limit()).isEqualTo(5);
            }
        }

        assertThat(installation.number("SELECT count(*) - max(sequence) FROM ingestion"))
                .isZero();
        assertThat(installation.number("SELECT waiting()")).isEqualTo(5);
        assertThatThrownBy(() -> queue.add(Queues.submission(Priority.HIGH, Ids.of(1))))
                .isInstanceOf(BacklogFull.class);
    }
}
