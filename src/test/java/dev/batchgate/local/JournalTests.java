package dev.batchgate.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.batchgate.ingestion.Ids;
import dev.batchgate.ingestion.Priority;
import dev.batchgate.ingestion.Submission;
import dev.batchgate.ingestion.Unavailable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class JournalTests {

    private static final String INSERT =
            "INSERT INTO run (run, started_at, started_ticks, boot, interval_nanos, max_in_flight, keeps_results)"
                    + " VALUES (?, 0, 0, 'test', 1, 1, 1)";
    private static final int NEW = 1_000;
    private static final int PAGE = 4096;
    private static final int FRAME_HEADER = 24;
    private static final int WAL_HEADER = 32;

    private final TestStore store = new TestStore();
    private final List<String> happened = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch hold = new CountDownLatch(1);
    private final List<Thread> waiting = new ArrayList<>();
    private Journal journal;

    @BeforeEach
    void open() {
        store.open(Clock.systemUTC(), Ticker.SYSTEM);
        journal = store.journal();
    }

    @AfterEach
    void deleteStore() {
        hold.countDown();
        store.close();
    }

    @Test
    void whatWaitsTogetherIsCommittedTogether() throws Exception {
        CompletableFuture<Boolean> held = hold();
        List<CompletableFuture<Integer>> group = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            group.add(inBackground(insert(NEW + i)));
        }
        release();

        assertThat(held.get(5, TimeUnit.SECONDS)).isTrue();
        for (CompletableFuture<Integer> change : group) {
            assertThat(change.get(5, TimeUnit.SECONDS)).isOne();
        }
        assertThat(happened).hasSize(100);
        assertThat(happened.subList(0, 50)).allMatch(what -> what.startsWith("written"));
        assertThat(happened.subList(50, 100)).allMatch(what -> what.startsWith("committed"));
        assertThat(happened.subList(50, 100))
                .isEqualTo(happened.subList(0, 50).stream()
                        .map(what -> what.replace("written", "committed"))
                        .toList());
    }

    /** With ids as the service makes them, which grow at the end of their index. */
    @Test
    void aHundredAtOnceTakeHardlyMorePagesThanOne() throws Exception {
        long one = pagesWritten(1);
        long hundred = pagesWritten(100);

        assertThat(one).isBetween(3L, 6L);
        assertThat(hundred).isLessThanOrEqualTo(one + 10);
    }

    /** How many pages a commit of so many ingestions adds to the write-ahead log. */
    private long pagesWritten(int ingestions) throws Exception {
        store.tamper("PRAGMA wal_checkpoint(TRUNCATE)");
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch allHere = new CountDownLatch(1);
        CompletableFuture<Boolean> held = inBackground(writer -> {
            busy.countDown();
            return awaitQuietly(allHere);
        });
        assertThat(awaitQuietly(busy)).isTrue();
        List<CompletableFuture<Long>> accepted = new ArrayList<>();
        for (int i = 0; i < ingestions; i++) {
            Submission submission = new Submission(nextId(), Priority.LOW, Ids.of(1, 2, 3, 4, 5, 6, 7, 8, 9), 3, null);
            accepted.add(inBackground(writer -> writer.accept(submission, 0)));
        }
        awaitAllWaiting();
        allHere.countDown();
        held.get(5, TimeUnit.SECONDS);
        for (CompletableFuture<Long> each : accepted) {
            each.get(5, TimeUnit.SECONDS);
        }
        return (Files.size(store.folder().resolve("batchgate.db-wal")) - WAL_HEADER) / (PAGE + FRAME_HEADER);
    }

    /** Of version 7: time first, then chance. */
    private static UUID nextId() {
        return new UUID(
                (System.currentTimeMillis() << 16) | 0x7000,
                ThreadLocalRandom.current().nextLong());
    }

    private static boolean awaitQuietly(CountDownLatch latch) {
        try {
            return latch.await(10, TimeUnit.SECONDS);
        } catch (InterruptedException stopping) {
            throw new AssertionError(stopping);
        }
    }

    @Test
    void whatTheStoreRejectsFailsAlone() throws Exception {
        assertThat(hold()).isNotDone();
        CompletableFuture<Integer> before = inBackground(insert(NEW));
        CompletableFuture<Integer> twice = inBackground(insert(NEW));
        CompletableFuture<Integer> after = inBackground(insert(NEW + 1));
        release();

        assertThat(after.get(5, TimeUnit.SECONDS)).isOne();
        assertThat(List.of(before, twice))
                .extracting(change ->
                        change.handle((done, failure) -> failure == null).get(5, TimeUnit.SECONDS))
                .containsExactlyInAnyOrder(true, false);
        assertThat(journal.trouble()).isEmpty();
        assertThat(happened).contains("rolled back " + NEW);
    }

    @Test
    void whoRefusesHasWrittenNothingAndHoldsUpNobody() throws Exception {
        assertThat(hold()).isNotDone();
        CompletableFuture<Integer> refused = inBackground(store -> {
            throw new IllegalArgumentException("no");
        });
        CompletableFuture<Integer> other = inBackground(insert(NEW));
        release();

        assertThat(other.get(5, TimeUnit.SECONDS)).isOne();
        assertThatThrownBy(() -> refused.get(5, TimeUnit.SECONDS)).hasRootCauseMessage("no");
    }

    @Test
    void whileNothingCanBeWrittenEverybodyIsToldAndItEndsByItself() throws Exception {
        makeTheDiskFull();
        assertThatThrownBy(() -> journal.perform(large(NEW))).isInstanceOf(Unavailable.class);
        assertThat(journal.trouble()).isPresent();
        assertThat(happened).containsExactly("written " + NEW, "rolled back " + NEW);

        // The next connection, which the journal makes by itself, has the disk's room again.
        await().until(() -> journal.trouble().isEmpty());
        assertThat(journal.perform(insert(NEW))).isOne();
    }

    @Test
    void aStoreThatMayOnlyBeReadIsTroubleLikeAnyOther() {
        Change<Integer> onlyRead = store -> store.update("PRAGMA query_only = ON");
        journal.perform(onlyRead);

        assertThatThrownBy(() -> journal.perform(insert(NEW))).isInstanceOf(Unavailable.class);
        assertThat(journal.trouble().orElseThrow().getMessage()).contains("SQLITE_READONLY");

        await().until(() -> journal.trouble().isEmpty());
        assertThat(journal.perform(insert(NEW))).isOne();
    }

    @Test
    void aStoreThatWasRemovedIsNotReplacedByAnEmptyOne() throws Exception {
        Path database = store.folder().resolve("batchgate.db");
        Path aside = store.folder().resolve("aside");
        makeTheDiskFull();
        Files.move(database, aside);
        assertThatThrownBy(() -> journal.perform(large(NEW))).isInstanceOf(Unavailable.class);
        assertThatThrownBy(() -> journal.perform(insert(NEW))).isInstanceOf(Unavailable.class);
        assertThat(database).doesNotExist();

        Files.move(aside, database);
        await().until(() -> journal.trouble().isEmpty());
        assertThat(journal.perform(insert(NEW))).isOne();
    }

    @Test
    void anOrderThatAFailedCommitLeftBehindAllTheSameEndsTheProcess() throws Exception {
        makeTheDiskFull();
        assertThatThrownBy(() -> journal.perform(large(NEW))).isInstanceOf(Unavailable.class);

        store.tamper("INSERT INTO control (ordered_at, after_slot, accepted, kind) VALUES (0, 0, 0, 'pause')");

        await().until(store::isFatal);
    }

    @Test
    void whatAFailedCommitLeftBehindAllTheSameIsTakenBack() throws Exception {
        makeTheDiskFull();
        assertThatThrownBy(() -> journal.perform(large(NEW))).isInstanceOf(Unavailable.class);
        store.tamper("INSERT INTO ingestion (sequence, id, priority, created_at, batch_size, id_bytes, ids)"
                + " VALUES (1, x'00', 'LOW', 0, 3, 4, x'00000001')");
        store.tamper("INSERT INTO dispatch (slot, run, started_at, started_ticks, accepted, ingestion, priority, batch,"
                + " batches, attempt) VALUES (1, 1, 0, 0, 1, 1, 'LOW', 0, 1, 1)");

        await().until(() -> journal.trouble().isEmpty());

        assertThat(journal.perform(count("ingestion"))).isZero();
        assertThat(journal.perform(count("dispatch"))).isZero();
    }

    @Test
    void aDatabaseThatWasReplacedIsNotWrittenToAnyMore() throws Exception {
        Path database = store.folder().resolve("batchgate.db");
        Files.move(database, store.folder().resolve("aside"));
        assertThatThrownBy(() -> journal.perform(insert(NEW))).isInstanceOf(Unavailable.class);
        Files.copy(store.folder().resolve("aside"), database);

        assertThatThrownBy(() -> journal.perform(insert(NEW))).isInstanceOf(Unavailable.class);
        assertThat(journal.trouble()).isPresent();
    }

    @Test
    void whenMemoryAndStoreComeApartTheProcessEndsAndNobodyWaitsForEver() throws Exception {
        assertThat(hold()).isNotDone();
        CompletableFuture<Integer> broken = inBackground(new Recorded(NEW) {
            @Override
            public void committed() {
                throw new OutOfMemoryError("as if");
            }
        });
        release();
        assertThatThrownBy(() -> broken.get(5, TimeUnit.SECONDS)).hasRootCauseMessage("as if");

        await().until(store::isFatal);
        journal.close();
        assertThatThrownBy(() -> journal.perform(insert(NEW + 1))).isInstanceOf(Unavailable.class);
        assertThat(journal.trouble()).isPresent();
    }

    @Test
    void whoIsInEffectWhenTheJournalBreaksIsToldSo() throws Exception {
        assertThat(hold()).isNotDone();
        CompletableFuture<Integer> before = inBackground(insert(NEW));
        awaitAllWaiting();
        CompletableFuture<Integer> broken = inBackground(new Recorded(NEW + 1) {
            @Override
            public void committed() {
                throw new IllegalStateException("a defect");
            }
        });
        awaitAllWaiting();
        release();

        assertThat(before.get(5, TimeUnit.SECONDS)).isOne();
        assertThatThrownBy(() -> broken.get(5, TimeUnit.SECONDS)).hasRootCauseMessage("a defect");
        await().until(store::isFatal);
    }

    @Test
    void whoWaitsWhenTheJournalBreaksIsTold() throws Exception {
        assertThat(hold()).isNotDone();
        CompletableFuture<Integer> broken = inBackground(new Recorded(NEW) {
            @Override
            Integer insert(StoreWriter store) throws SQLException {
                throw new SQLException("no");
            }

            @Override
            public void rolledBack() {
                throw new IllegalStateException("a defect");
            }
        });
        CompletableFuture<Integer> other = inBackground(insert(NEW + 1));
        release();

        await().until(store::isFatal);
        assertThatThrownBy(() -> broken.get(5, TimeUnit.SECONDS)).hasCauseInstanceOf(Unavailable.class);
        assertThatThrownBy(() -> other.get(5, TimeUnit.SECONDS)).hasCauseInstanceOf(Unavailable.class);
    }

    @Test
    void whatComesAfterTheEndIsRefusedAndWhatCameBeforeIsWritten() throws Exception {
        assertThat(hold()).isNotDone();
        CompletableFuture<Integer> before = inBackground(insert(NEW));
        awaitAllWaiting();
        CompletableFuture<Void> closing = CompletableFuture.runAsync(journal::close);
        release();

        closing.get(5, TimeUnit.SECONDS);
        assertThat(before.get(5, TimeUnit.SECONDS)).isOne();
        assertThatThrownBy(() -> journal.perform(insert(NEW + 1))).isInstanceOf(Unavailable.class);
    }

    /**
     * SQLite says that the disk is full when a database may not grow; the limit is the connection's and ends with it.
     */
    private void makeTheDiskFull() {
        journal.perform(store -> {
            try (ResultSet pages = store.query("PRAGMA max_page_count = 1")) {
                return pages.next();
            }
        });
    }

    private Change<Integer> large(int number) {
        return new Recorded(number) {
            @Override
            Integer insert(StoreWriter store) throws SQLException {
                return store.update(
                        "INSERT INTO ingestion VALUES (?, x'00', 'LOW', 0, 3, 4, zeroblob(10000000), NULL, NULL, 0)",
                        number);
            }
        };
    }

    private Change<Integer> insert(int number) {
        return new Recorded(number);
    }

    private static Change<Integer> count(String table) {
        return store -> {
            try (ResultSet row = store.query("SELECT count(*) FROM " + table)) {
                row.next();
                return row.getInt(1);
            }
        };
    }

    private class Recorded implements Change<Integer> {
        private final int number;

        Recorded(int number) {
            this.number = number;
        }

        Integer insert(StoreWriter store) throws SQLException {
            return store.update(INSERT, number);
        }

        @Override
        public Integer write(StoreWriter store) throws SQLException {
            happened.add("written " + number);
            return insert(store);
        }

        @Override
        public void committed() {
            happened.add("committed " + number);
        }

        @Override
        public void rolledBack() {
            happened.add("rolled back " + number);
        }
    }

    /** Returns once the journal's thread is busy: what is asked for from then on waits for {@link #release}. */
    private CompletableFuture<Boolean> hold() {
        CountDownLatch busy = new CountDownLatch(1);
        CompletableFuture<Boolean> held = inBackground(writer -> {
            busy.countDown();
            return awaitQuietly(hold);
        });
        assertThat(awaitQuietly(busy)).isTrue();
        return held;
    }

    private <T> CompletableFuture<T> inBackground(Change<T> change) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                answer.complete(journal.perform(change));
            } catch (RuntimeException failure) {
                answer.completeExceptionally(failure);
            }
        });
        waiting.add(thread);
        thread.start();
        return answer;
    }

    /** Lets the journal go on once everybody who is to wait for it does. */
    private void release() {
        awaitAllWaiting();
        hold.countDown();
    }

    private void awaitAllWaiting() {
        Set<Thread.State> waitingOrDone = Set.of(Thread.State.WAITING, Thread.State.TERMINATED);
        await().until(() -> waiting.stream().map(Thread::getState).allMatch(waitingOrDone::contains));
    }
}
