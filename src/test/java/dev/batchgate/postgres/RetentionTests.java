package dev.batchgate.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchgate.ingestion.Batch;
import dev.batchgate.ingestion.BatchQueue;
import dev.batchgate.ingestion.Data;
import dev.batchgate.ingestion.IdOutcome;
import dev.batchgate.ingestion.Ids;
import dev.batchgate.ingestion.Listing;
import dev.batchgate.ingestion.Orders;
import dev.batchgate.ingestion.OrdersContract.Desk;
import dev.batchgate.ingestion.Outcome;
import dev.batchgate.ingestion.Outcomes;
import dev.batchgate.ingestion.Priority;
import dev.batchgate.ingestion.Submission;
import java.time.Duration;
import java.util.Arrays;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RetentionTests {

    private static final Duration RETENTION = Duration.ofHours(1);

    private final TestInstallation installation = new TestInstallation();
    private final MovedDatabaseTime time = installation.moveTime();
    private final Desk desk = installation.desk("interval=1s", "upstream.max-retry-after=30d");
    private final BatchQueue queue = desk.queue();
    private final Orders orders = desk.orders();
    private final Retention retention = new Retention(installation.database(), RETENTION);

    @AfterEach
    void close() {
        installation.close();
    }

    @Test
    void whatEndedLongAgoIsGoneWithAllThatWasKeptOfIt() throws Exception {
        UUID old = add("key", 1, 2, 3, 4);
        Outcomes.completeNext(queue);
        Outcomes.completeNext(queue);
        time.pass(RETENTION.plusSeconds(1));
        UUID recent = add(null, 5);
        Outcomes.completeNext(queue);
        UUID waiting = add(null, 6);

        deleteAll();

        assertThat(queue.find(old)).isEmpty();
        assertThat(desk.results().read(old, 0)).isEmpty();
        assertThat(desk.listing().place(old, null)).isEmpty();
        assertThat(desk.listing().before(Listing.NEWEST, null, 100))
                .noneMatch(listed -> listed.outline().id().equals(old));
        assertThat(queue.find(recent)).isPresent();
        assertThat(queue.find(waiting)).isPresent();
        for (String table : new String[] {"ingestion", "batch", "result", "dispatch"}) {
            String column = table.equals("ingestion") ? "sequence" : "ingestion";
            assertThat(installation.number("SELECT count(*) FROM %s WHERE %s = 1".formatted(table, column)))
                    .as(table)
                    .isZero();
        }
        assertThat(add("key", 7)).as("its key is free").isNotEqualTo(old);
        assertThat(installation.verify()).contains("violations   0");
    }

    @Test
    void howLongFetchesTakeIsForgottenByEverybody() throws Exception {
        for (int seconds : new int[] {30, 1}) {
            add(null, 1);
            Batch batch = queue.take();
            queue.departed(batch);
            time.pass(Duration.ofSeconds(seconds));
            queue.finish(batch, Outcomes.completed(batch));
            time.pass(RETENTION.plusSeconds(1).minusSeconds(30L * seconds));
        }
        UUID waiting = add(null, 2);
        long before = queue.standing(waiting).orElseThrow().pace().fetch();

        deleteAll();

        long after = queue.standing(waiting).orElseThrow().pace().fetch();
        assertThat(after).isLessThan(before);
        assertThat(installation
                        .desk("interval=1s")
                        .queue()
                        .standing(waiting)
                        .orElseThrow()
                        .pace()
                        .fetch())
                .isEqualTo(after);
    }

    @Test
    void aLargeOneIsDeletedBitByBit() throws Exception {
        long[] ids = new long[3_000];
        Arrays.fill(ids, 7);
        UUID old = queue.add(new Submission(UUID.randomUUID(), Priority.LOW, Ids.of(ids), 1_500, null));
        add(null, 1);
        Outcomes.completeNext(queue);
        Outcomes.completeNext(queue);
        time.pass(RETENTION.plusSeconds(1));

        assertThat(retention.step()).isTrue();

        assertThat(queue.find(old)).isEmpty();
        assertThat(installation.number("SELECT count(*) FROM result")).isEqualTo(2_000);
        assertThat(installation.verify()).contains("violations   0");
        deleteAll();
        assertThat(installation.number("SELECT count(*) FROM result")).isZero();
    }

    @Test
    void theLedgerIsKeptAsFarAsItIsNeeded() throws Exception {
        UUID first = add(null, 1);
        Batch closing = queue.take();
        queue.finish(
                closing,
                new Outcome(
                        Outcome.ofAll(closing, new IdOutcome.Fetched(Data.NONE)).ids(), Duration.ofDays(2)));
        orders.pause();
        orders.resume();
        UUID open = add(null, 2);
        UUID cancelled = add(null, 3);
        orders.cancel(cancelled);
        orders.pause();
        time.pass(RETENTION.plusSeconds(1));
        deleteAll();

        assertThat(queue.find(first)).isEmpty();
        assertThat(queue.find(cancelled)).as("the newest stays").isPresent();
        assertThat(installation.number("SELECT count(*) FROM dispatch"))
                .as("it closes the gate")
                .isOne();
        assertThat(queue.state().paused()).isTrue();
        assertThat(queue.state().closedUntil()).isNotNull();
        orders.resume();
        time.pass(Duration.ofDays(3));
        assertThat(Outcomes.completeNext(queue).ingestionId()).isEqualTo(open);
        deleteAll();
        assertThat(installation.verify()).contains("violations   0");
    }

    @Test
    void whatIsAskedForAgainIsNotDeletedUnderneath() throws Exception {
        UUID failed = add(null, 1, 2);
        Batch batch = queue.take();
        queue.finish(batch, Outcomes.failed(batch, "gone"));
        add(null, 3);
        time.pass(RETENTION.plusSeconds(1));
        orders.retry(failed);

        deleteAll();

        assertThat(Outcomes.completeNext(queue).ingestionId()).isEqualTo(failed);
        assertThat(installation.verify()).contains("violations   0");
    }

    private UUID add(String key, long... ids) {
        return queue.add(new Submission(UUID.randomUUID(), Priority.LOW, Ids.of(ids), 3, key));
    }

    private void deleteAll() {
        for (boolean more = true; more; ) {
            more = retention.step();
        }
    }
}
