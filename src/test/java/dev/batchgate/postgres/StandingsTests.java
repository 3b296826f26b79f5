package dev.batchgate.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchgate.ingestion.Batch;
import dev.batchgate.ingestion.Ids;
import dev.batchgate.ingestion.Outcomes;
import dev.batchgate.ingestion.Priority;
import dev.batchgate.ingestion.Queues;
import dev.batchgate.ingestion.Standing;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Where ingestions stand that are many blocks apart, against a count of the whole line. */
class StandingsTests {

    private static final int INGESTIONS = 5_000;
    private static final int STEPS = 300;

    private final Random random = new Random(1);
    private final TestInstallation installation = new TestInstallation();
    private final TestInstallation.Member replica = installation.member("interval=1ms", "upstream.backoff=0ms");

    @AfterEach
    void close() {
        installation.close();
    }

    @Test
    void whatIsEarlierIsCountedOverAllBlocks() throws Exception {
        List<UUID> ids = IntStream.range(0, INGESTIONS)
                .parallel()
                .mapToObj(i -> replica.queue().add(Queues.submission(priority(i), Ids.of(ids(1 + i % 8)))))
                .toList();
        for (int step = 0; step < STEPS; step++) {
            UUID id = ids.get(random.nextInt(INGESTIONS));
            switch (random.nextInt(4)) {
                case 0 -> replica.desk().orders().cancel(id);
                case 1 -> replica.desk().orders().move(id, priority(random.nextInt(3)));
                default -> dispatch();
            }
            compare(ids.get(random.nextInt(INGESTIONS)));
        }
        assertThat(installation.number("SELECT count(DISTINCT block) FROM arrival"))
                .isGreaterThan(4);
        assertThat(installation.number("SELECT (SELECT sum(batches) FROM arrival) - (SELECT sum(batches) FROM exit)"))
                .isEqualTo(installation.number("SELECT sum(batches - next) FROM line"));

        ids.stream().skip(10).forEach(replica.desk().orders()::cancel);
        new Retention(installation.database(), Duration.ofDays(1)).step();
        compare(ids.get(3));
        ids.forEach(replica.desk().orders()::cancel);
        new Retention(installation.database(), Duration.ofDays(1)).step();
        assertThat(installation.number("SELECT count(DISTINCT block) FROM (SELECT block FROM arrival UNION ALL"
                        + " SELECT block FROM exit) b"))
                .isOne();
    }

    @Test
    void whatIsNotInLineLeavesTheBlocksAlone() throws Exception {
        UUID id = replica.queue().add(Queues.submission(Priority.LOW, Ids.of(1)));
        Batch batch = replica.queue().take();
        replica.queue().finish(batch, Outcomes.missed(batch, "later"));
        installation.number("DELETE FROM exit RETURNING 1");

        replica.desk().orders().move(id, Priority.HIGH);
        replica.desk().orders().cancel(id);

        assertThat(installation.number("SELECT count(*) FROM exit")).isZero();
    }

    private static Priority priority(int number) {
        return List.of(Priority.HIGH, Priority.MEDIUM, Priority.LOW).get(number % 3);
    }

    private static long[] ids(int count) {
        return LongStream.rangeClosed(1, count).toArray();
    }

    private void dispatch() throws InterruptedException {
        Batch batch = replica.queue().take();
        replica.queue()
                .finish(batch, random.nextInt(4) == 0 ? Outcomes.missed(batch, "later") : Outcomes.completed(batch));
    }

    private void compare(UUID id) {
        Standing standing = replica.queue().standing(id).orElse(null);
        if (standing == null) {
            assertThat(replica.queue().find(id).orElseThrow().status().isEnd()).isTrue();
            return;
        }
        String of = " FROM ingestion i, (SELECT rank, ingestion, batches - next AS n FROM line UNION ALL"
                + " SELECT rank, ingestion, 1 FROM batch WHERE next_attempt_at IS NOT NULL) l WHERE i.id = '" + id
                + "'";
        assertThat(standing.higher()).isEqualTo(installation.number(count(of + " AND l.rank < i.rank")));
        assertThat(standing.earlier())
                .isEqualTo(installation.number(count(of + " AND l.rank = i.rank AND l.ingestion < i.sequence")));
        assertThat(standing.own()).isEqualTo(installation.number(count(of + " AND l.ingestion = i.sequence")));
        assertThat(standing.behind())
                .isEqualTo(installation.number(count(of + " AND (l.rank, l.ingestion) > (i.rank, i.sequence)")));
    }

    private static String count(String of) {
        return "SELECT coalesce(sum(l.n), 0)" + of;
    }
}
