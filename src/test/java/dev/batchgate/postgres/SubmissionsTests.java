package dev.batchgate.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.batchgate.ingestion.BacklogFull;
import dev.batchgate.ingestion.BatchQueue;
import dev.batchgate.ingestion.Ids;
import dev.batchgate.ingestion.Origin;
import dev.batchgate.ingestion.Priority;
import dev.batchgate.ingestion.Queues;
import dev.batchgate.ingestion.Quota;
import dev.batchgate.ingestion.Receipt;
import dev.batchgate.ingestion.Submission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class SubmissionsTests {

    private static final List<Priority> PRIORITIES = List.of(Priority.HIGH, Priority.MEDIUM, Priority.LOW);

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

        together(() -> {
            for (int i = 0; i < 100; i++) {
                answers.add(CompletableFuture.supplyAsync(
                        () -> queue.add(Queues.submission(Priority.LOW, Ids.of(1, 2, 3))), threads));
            }
        });
        answers.forEach(CompletableFuture::join);

        assertThat(installation.number("SELECT count(*) FROM ingestion")).isEqualTo(101);
        assertThat(installation.number("SELECT count(DISTINCT xmin::text) FROM ingestion"))
                .as("one before, the first of them, and all that came while that waited")
                .isLessThanOrEqualTo(4);
    }

    /** A group of which nothing can be refused is counted set by set; where something may be, one after the other. */
    @ParameterizedTest
    @NullSource
    @ValueSource(longs = 1_000)
    void aGroupIsCountedWhereverItsBatchesAreCounted(@Nullable Long mostOfOwner) throws Exception {
        BatchQueue queue = installation.desk("interval=1h").queue();
        queue.add(Queues.submission(Priority.LOW, Ids.of(1)));

        List<CompletableFuture<Receipt>> answers = new ArrayList<>();
        together(() -> {
            for (int i = 0; i < 60; i++) {
                answers.add(queue.submit(new Submission(
                        UUID.randomUUID(),
                        PRIORITIES.get(i % 3),
                        Ids.of(LongStream.rangeClosed(1, 1 + i).toArray()),
                        3,
                        i % 2 == 0 ? null : "key " + i,
                        null,
                        new Origin(i % 4 == 0 ? null : "owner " + i % 4, null, null),
                        i % 4 == 1 ? new Quota(null, mostOfOwner) : Quota.UNLIMITED)));
            }
        });
        answers.forEach(CompletableFuture::join);

        assertThat(installation.number("SELECT count(*) FROM ingestion")).isEqualTo(61);
        for (int rank = 0; rank < 3; rank++) {
            long inLine = installation.number("SELECT sum(batches) FROM line WHERE rank = " + rank);
            assertThat(installation.number("SELECT batches[" + (rank + 1) + "] FROM acceptance"))
                    .isEqualTo(inLine);
            assertThat(installation.number("SELECT sum(batches) FROM arrival WHERE rank = " + rank))
                    .isEqualTo(inLine);
        }
        for (int owner = 1; owner < 4; owner++) {
            assertThat(installation.number("SELECT batches FROM owner_arrival WHERE owner = 'owner " + owner + "'"))
                    .isEqualTo(installation.number("SELECT sum(l.batches) FROM line l, ingestion i"
                            + " WHERE i.sequence = l.ingestion AND i.owner = 'owner " + owner + "'"));
        }
        assertThat(installation.number("SELECT count(*) - max(sequence) FROM ingestion"))
                .isZero();
        assertThat(installation.number("SELECT sequence FROM acceptance")).isEqualTo(61);
    }

    /** Hands in while nothing can be accepted, so that all but the first are one group. */
    private void together(Runnable handIn) throws Exception {
        installation.database().call(connection -> {
            connection.setAutoCommit(false);
            try (var lock = connection.prepareStatement("SELECT FROM acceptance FOR UPDATE")) {
                lock.execute();
                handIn.run();
                awaitWaiting();
            } finally {
                connection.rollback();
                connection.setAutoCommit(true);
            }
            return true;
        });
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
