package dev.batchgate.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchgate.ingestion.Batch;
import dev.batchgate.ingestion.Ids;
import dev.batchgate.ingestion.Listing;
import dev.batchgate.ingestion.Origin;
import dev.batchgate.ingestion.Outcome;
import dev.batchgate.ingestion.Outcomes;
import dev.batchgate.ingestion.Priority;
import dev.batchgate.ingestion.Submission;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RetentionTests {

    private final MovedTime time = new MovedTime();
    private final TestStore store = new TestStore();
    private LocalQueue queue = store.open(time, "interval=1s");

    @AfterEach
    void deleteStore() {
        store.close();
    }

    @Test
    void whatEndedLongAgoIsDeletedAndWhatDidNotIsKept() throws Exception {
        UUID old = add("old", 1, 2, 3, 4);
        take(2);
        time.pass(Duration.ofDays(4));
        UUID recent = add("recent", 5);
        UUID waiting = add("waiting", 6);
        take(1);
        time.pass(Duration.ofDays(4));
        UUID newest = add("newest", 7);

        retain(Duration.ofDays(7));

        assertThat(queue.find(old)).isEmpty();
        assertThat(queue.find(recent)).isPresent();
        assertThat(queue.find(waiting)).isPresent();
        assertThat(queue.find(newest)).isPresent();
        assertThat(count("dispatch")).isOne();
        assertThat(add("old", 8)).as("a key is forgotten with its ingestion").isNotEqualTo(old);
    }

    @Test
    void theNewestOfBothStaysSoThatNoNumberIsGivenTwice() throws Exception {
        List<UUID> all = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            all.add(add(null, 1));
        }
        take(5);
        time.pass(Duration.ofDays(1));

        retain(Duration.ofSeconds(1));

        assertThat(all).filteredOn(id -> queue.find(id).isPresent()).containsExactly(all.get(4));
        assertThat(count("dispatch")).isOne();
        store.kill();
        queue = store.open(time, "interval=1s");
        add(null, 2);
        take(1);
        assertThat(store.verify()).contains("slot 5 to 6", "violations   0");
    }

    @Test
    void aTurnIsForgottenWithItsSlot() throws Exception {
        store.kill();
        queue = store.open(time, "interval=1s", "fair-share=true");
        addOf("ada");
        addOf("bob");
        take(2);
        time.pass(Duration.ofDays(1));

        new Retention(store.journal(), time, Duration.ofSeconds(1), queue::forgetTurns).deleteExpired();

        UUID ada = addOf("ada");
        addOf("eve");
        addOf("bob");
        assertThat(queue.take().ingestionId())
                .as("nobody knows that it had one")
                .isEqualTo(ada);
        assertThat(store.verify()).contains("violations   0");
    }

    private UUID addOf(String owner) {
        Origin origin = new Origin(owner, null, null);
        return queue.add(new Submission(UUID.randomUUID(), Priority.LOW, Ids.of(1), 3, null, null, origin));
    }

    @Test
    void theLedgerIsCutOnlyAsFarAsNothingIsLeftOfIt() throws Exception {
        add(null, 1);
        add(null, 1, 2, 3, 4);
        add(null, 1);
        take(2);
        time.pass(Duration.ofDays(1));
        retain(Duration.ofSeconds(1));
        assertThat(count("dispatch")).as("of an ingestion that goes on").isOne();
        take(2);

        assertThat(store.verify()).contains("slot 2 to 4", "violations   0");
    }

    @Test
    void aLedgerThatIsCutBetweenAHiddenDispatchAndItsRepeatAccusesNobody() throws Exception {
        reopen("interval=1s", "max-in-flight=2");
        queue.add(new Submission(UUID.randomUUID(), Priority.HIGH, Ids.of(1), 3, null));
        add(null, 2, 3, 4, 5);
        queue.departed(queue.take());
        queue.departed(queue.take());
        reopen("interval=1s", "max-in-flight=2");
        take(2);
        time.pass(Duration.ofDays(8));
        retain(Duration.ofDays(7));

        assertThat(store.verify()).contains("slot 2 to 4", "violations   0");
    }

    @Test
    void aRepeatThatIsAllThatIsLeftAccusesNobody() throws Exception {
        add(null, 1);
        queue.departed(queue.take());
        reopen("interval=60s");
        take(1);
        add(null, 2);
        time.pass(Duration.ofSeconds(20));
        retain(Duration.ofSeconds(10));

        assertThat(store.verify()).contains("slot 2 to 2", "violations   0");
    }

    private void reopen(String... settings) {
        store.kill();
        queue = store.open(time, settings);
    }

    @Test
    void muchIsDeletedInSmallSteps() throws Exception {
        long[] ids = IntStream.rangeClosed(1, 150_000).asLongStream().toArray();
        for (int i = 0; i < 6; i++) {
            UUID large = UUID.randomUUID();
            queue.add(new Submission(large, Priority.LOW, Ids.of(ids), 150_000, null));
            queue.orders().cancel(large);
        }
        for (int i = 0; i < 300; i++) {
            add(null, 1);
        }
        take(300);
        time.pass(Duration.ofDays(1));

        int steps = 0;
        Retention retention = new Retention(store.journal(), time, Duration.ofSeconds(1), cut -> {});
        for (int before = count("ingestion"); before > 1; steps++) {
            assertThat(retention.step()).isTrue();
            int after = count("ingestion");
            assertThat(before - after).isBetween(1, 100);
            before = after;
        }

        assertThat(steps)
                .as("of at most 100 ingestions or little more than a megabyte")
                .isBetween(6, 8);
    }

    @Test
    void anIngestionIsGoneAtOnceAndItsResultsLittleByLittle() throws Exception {
        UUID large = UUID.randomUUID();
        long[] ids = IntStream.rangeClosed(1, 2_500).asLongStream().toArray();
        queue.add(new Submission(large, Priority.LOW, Ids.of(ids), 2_500, "key"));
        take(1);
        add(null, 1);
        time.pass(Duration.ofDays(1));
        Retention retention = new Retention(store.journal(), time, Duration.ofSeconds(1), cut -> {});

        assertThat(retention.step()).isTrue();

        assertThat(queue.find(large)).isEmpty();
        assertThat(store.results().read(large, 0)).isEmpty();
        assertThat(store.desk(queue).listing().place(large, null)).isEmpty();
        assertThat(store.desk(queue).listing().before(Listing.NEWEST, null, 100))
                .noneMatch(listed -> listed.outline().id().equals(large));
        assertThat(queue.orders().retry(large)).isEmpty();
        assertThat(count("result")).isEqualTo(1_500);
        assertThat(store.verify()).contains("violations   0");
        retention.deleteExpired();
        assertThat(count("result")).isZero();
        assertThat(count("ingestion")).isOne();
        assertThat(store.verify()).contains("violations   0");
    }

    @Test
    void whatClosesTheGateAndTheOrdersThatCountAreKept() throws Exception {
        add(null, 1);
        Batch batch = queue.take();
        queue.finish(
                batch, new Outcome(Outcomes.failed(batch, "too many requests").ids(), Duration.ofMinutes(50)));
        add(null, 2);
        queue.orders().pause();
        time.pass(Duration.ofMinutes(10));
        retain(Duration.ofSeconds(1));
        reopen("interval=1s");

        assertThat(queue.state().paused()).isTrue();
        assertThat(queue.state().closedUntil()).isEqualTo(time.instant().plus(Duration.ofMinutes(40)));
        queue.orders().resume();
        take(1);
        assertThat(time.sinceStart()).isEqualTo(Duration.ofMinutes(50));
    }

    private void retain(Duration retention) {
        new Retention(store.journal(), time, retention, cut -> {}).deleteExpired();
    }

    private int count(String table) {
        return store.journal().perform(writer -> {
            try (ResultSet row = writer.query("SELECT count(*) FROM " + table)) {
                row.next();
                return row.getInt(1);
            }
        });
    }

    private UUID add(String key, long... ids) {
        return queue.add(new Submission(UUID.randomUUID(), Priority.LOW, Ids.of(ids), 3, key));
    }

    private void take(int batches) throws InterruptedException {
        for (int i = 0; i < batches; i++) {
            Batch batch = queue.take();
            queue.finish(batch, Outcomes.completed(batch));
        }
    }
}
