package dev.batchgate.postgres;

import dev.batchgate.ingestion.Batch;
import dev.batchgate.ingestion.BatchQueue;
import dev.batchgate.ingestion.Ingestion;
import dev.batchgate.ingestion.InterleavingContract;
import dev.batchgate.ingestion.Lineup;
import dev.batchgate.ingestion.OrdersContract.Desk;
import dev.batchgate.ingestion.Outcome;
import dev.batchgate.ingestion.Priority;
import dev.batchgate.ingestion.QueueState;
import dev.batchgate.ingestion.Receipt;
import dev.batchgate.ingestion.Sighting;
import dev.batchgate.ingestion.Standing;
import dev.batchgate.ingestion.Submission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The same with three replicas, any of which does what comes next, until all of them are killed at once. Each build plays some
 * histories that no other has played; {@code -Dreplica.histories=200} plays many.
 */
class InterleavingTests extends InterleavingContract {

    private static final int HISTORIES = Integer.getInteger("replica.histories", 10);
    private static final int REPLICAS = 3;
    /** Longer than any batch is in flight, since nobody renews it. */
    private static final Duration LEASE = Duration.ofMinutes(9);

    static LongStream seeds() {
        return new Random().longs(HISTORIES);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whateverComesInWhateverOrderToWhomeverTheModelAgrees(long seed) throws Exception {
        play(new Random(seed));
    }

    @Override
    protected Stage stage(Random random) {
        TestInstallation installation = new TestInstallation().lease(LEASE);
        MovedDatabaseTime time = installation.moveTime();
        return new Stage() {
            @Override
            public Desk open(String... settings) {
                List<TestInstallation.Member> members = new ArrayList<>();
                for (int i = 0; i < REPLICAS; i++) {
                    members.add(installation.member(settings));
                }
                Desk any = members.get(0).desk();
                return new Desk(
                        new AnyOf(installation, members, random),
                        any.orders(),
                        any.results(),
                        any.dispatches(),
                        any.listing(),
                        any.changes());
            }

            /** Somebody notices, too: until then, what they had is neither lost nor due. */
            @Override
            public void crash() {
                time.pass(LEASE);
                installation.number("SELECT length(answer) FROM claim(0, 'x', 1, 1000000, 0, %d, '{}', NULL, NULL)"
                        .formatted(LEASE.toMillis() * 1_000));
            }

            @Override
            public boolean forgets() {
                return false;
            }

            @Override
            public void pass(Duration by) {
                time.pass(by);
            }

            @Override
            public long now() {
                return time.nanos();
            }

            @Override
            public String verify() {
                return installation.verify();
            }

            @Override
            public void close() {
                installation.close();
            }
        };
    }

    /** Some replicas as one queue: each call goes to any of them, what is about a dispatch to the one that has it. */
    private static final class AnyOf implements BatchQueue {

        private final List<TestInstallation.Member> members;
        private final Random random;
        private final IdentityHashMap<Batch, BatchQueue> takers = new IdentityHashMap<>();
        private final TestInstallation installation;

        AnyOf(TestInstallation installation, List<TestInstallation.Member> members, Random random) {
            this.installation = installation;
            this.members = members;
            this.random = random;
        }

        private BatchQueue any() {
            return members.get(random.nextInt(members.size())).queue();
        }

        @Override
        public CompletableFuture<Receipt> submit(Submission submission) {
            return any().submit(submission);
        }

        @Override
        public Optional<Ingestion> find(UUID ingestionId) {
            return any().find(ingestionId);
        }

        @Override
        public Optional<Sighting> see(UUID ingestionId) {
            return any().see(ingestionId);
        }

        @Override
        public Batch take() throws InterruptedException {
            BatchQueue taker = any();
            Batch batch = taker.take();
            takers.put(batch, taker);
            return batch;
        }

        /** Reported at once, as by a dispatcher that goes on: others would wait until it may have left at the latest. */
        @Override
        public void departed(Batch batch) {
            takers.get(batch).departed(batch);
            installation.number(
                    "SELECT count(*) FROM (SELECT leave(d.run, d.slot, now_micros()) FROM dispatch d, gate g"
                            + " WHERE d.slot = g.slot) left_now");
        }

        @Override
        public boolean mayDepart(Batch batch) {
            return takers.get(batch).mayDepart(batch);
        }

        @Override
        public void finish(Batch batch, Outcome outcome) {
            takers.get(batch).finish(batch, outcome);
        }

        @Override
        public Lineup lineup(Priority priority, int most) {
            return any().lineup(priority, most);
        }

        @Override
        public Standing standing(Submission submission) {
            return any().standing(submission);
        }

        @Override
        public Optional<Standing> standing(UUID ingestionId) {
            return any().standing(ingestionId);
        }

        @Override
        public QueueState state() {
            return any().state();
        }

        @Override
        public Duration overdue() {
            return any().overdue();
        }
    }
}
