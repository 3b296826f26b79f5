package dev.batchgate.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchgate.ingestion.Batch;
import dev.batchgate.ingestion.Ids;
import dev.batchgate.ingestion.Outcomes;
import dev.batchgate.ingestion.Priority;
import dev.batchgate.ingestion.Queues;
import dev.batchgate.ingestion.Submission;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The order of service against the dullest model there is: a list of all that waits, searched from end to end. */
class OrderTests {

    private static final int BATCH_SIZE = 3;

    /** Something that happens to a queue: a submission of so many ids, or, where there are none, a dispatch. */
    record Step(Priority priority, int ids) {}

    /** A batch as the model keeps it. */
    record Waiting(Priority priority, int acceptance, UUID ingestion, int index) {}

    @Provide
    Arbitrary<List<Step>> steps() {
        return Combinators.combine(
                        Arbitraries.of(Priority.class), Arbitraries.integers().between(0, 12))
                .as(Step::new)
                .list()
                .ofMaxSize(60);
    }

    @Property
    void everyDispatchTakesWhatTheModelTakes(@ForAll("steps") List<Step> steps) throws Exception {
        try (TestStore store = new TestStore()) {
            compareWithModel(store.open(new MovedTime(), "interval=5s"), steps);
        }
    }

    private static void compareWithModel(LocalQueue queue, List<Step> steps) throws Exception {
        List<Waiting> model = new ArrayList<>();
        int accepted = 0;
        for (Step step : steps) {
            if (step.ids() > 0) {
                UUID id = submit(queue, step);
                int acceptance = accepted++;
                IntStream.range(0, batches(step))
                        .forEach(index -> model.add(new Waiting(step.priority(), acceptance, id, index)));
            } else if (!model.isEmpty()) {
                takeAndCompare(queue, model);
            }
        }
        while (!model.isEmpty()) {
            takeAndCompare(queue, model);
        }
        assertThat(queue.state().waiting().values()).allMatch(waiting -> waiting.batches() == 0);
    }

    private static void takeAndCompare(LocalQueue queue, List<Waiting> model) throws InterruptedException {
        Waiting expected = model.stream()
                .min(Comparator.comparing(Waiting::priority)
                        .thenComparing(Waiting::acceptance)
                        .thenComparing(Waiting::index))
                .orElseThrow();
        model.remove(expected);
        Batch batch = queue.take();
        assertThat(batch.ingestionId()).isEqualTo(expected.ingestion());
        assertThat(batch.index()).isEqualTo(expected.index());
        queue.finish(batch, Outcomes.completed(batch));
    }

    /** An ingestion of a submitter's, with the moments between which it was accepted. */
    record Accepted(UUID id, Step step, long before, long after) {}

    /** A dispatch, with the moments between which it was decided on. */
    record Dispatched(Batch batch, long before, long after) {}

    @Provide
    Arbitrary<List<List<Step>>> submitters() {
        return Combinators.combine(
                        Arbitraries.of(Priority.class), Arbitraries.integers().between(1, 12))
                .as(Step::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(40)
                .list()
                .ofMinSize(2)
                .ofMaxSize(8);
    }

    @Property
    void underConcurrentSubmittersNobodyIsOvertakenByTheLessUrgent(@ForAll("submitters") List<List<Step>> submitters)
            throws Exception {
        try (TestStore store = new TestStore()) {
            requireOrder(store.open(Clock.systemUTC(), new UnhurriedByTime(), "interval=1ms"), submitters);
        }
    }

    private static void requireOrder(LocalQueue queue, List<List<Step>> submitters) throws Exception {
        Queue<Accepted> accepted = new ConcurrentLinkedQueue<>();
        int total = submitters.stream()
                .flatMap(Collection::stream)
                .mapToInt(OrderTests::batches)
                .sum();

        List<Dispatched> dispatched = whileSubmitting(queue, submitters, accepted, total);

        assertThat(dispatched)
                .extracting(d -> d.batch().id())
                .doesNotHaveDuplicates()
                .hasSize(total);
        Map<UUID, List<Dispatched>> byIngestion =
                dispatched.stream().collect(Collectors.groupingBy(d -> d.batch().ingestionId()));
        Map<UUID, Instant> created = new HashMap<>();
        for (Accepted each : accepted) {
            created.put(each.id(), queue.find(each.id()).orElseThrow().createdAt());
        }
        for (Accepted mine : accepted) {
            List<Dispatched> ofMine = byIngestion.get(mine.id());
            assertThat(ofMine).extracting(d -> d.batch().index()).isSorted();
            Dispatched last = ofMine.get(ofMine.size() - 1);
            for (Accepted other : accepted) {
                List<Dispatched> ofOther = byIngestion.get(other.id());
                if (created.get(mine.id()).isBefore(created.get(other.id()))
                        && mine.step().priority() == other.step().priority()) {
                    assertThat(last.before())
                            .as("%s was stamped before %s and goes first, whoever was told first", mine, other)
                            .isLessThan(ofOther.get(0).after());
                }
                if (yields(other, mine)) {
                    assertThat(ofOther)
                            .as("%s must not overtake %s", other, mine)
                            .noneMatch(d -> d.before() > mine.after() && d.after() < last.before());
                }
            }
        }
    }

    /** Whether the first ingestion is to wait for the second, once both have been accepted. */
    private static boolean yields(Accepted later, Accepted urgent) {
        if (later.step().priority() != urgent.step().priority()) {
            return later.step().priority().compareTo(urgent.step().priority()) > 0;
        }
        return later.before() > urgent.after();
    }

    private static List<Dispatched> whileSubmitting(
            LocalQueue queue, List<List<Step>> submitters, Queue<Accepted> accepted, int total) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(submitters.size());
        CountDownLatch start = new CountDownLatch(1);
        for (List<Step> steps : submitters) {
            threads.execute(() -> {
                awaitQuietly(start);
                for (Step step : steps) {
                    long before = System.nanoTime();
                    UUID id = submit(queue, step);
                    accepted.add(new Accepted(id, step, before, System.nanoTime()));
                }
            });
        }
        List<Dispatched> dispatched = new ArrayList<>();
        start.countDown();
        while (dispatched.size() < total) {
            long before = System.nanoTime();
            Batch batch = queue.take();
            dispatched.add(new Dispatched(batch, before, System.nanoTime()));
            queue.finish(batch, Outcomes.completed(batch));
        }
        threads.shutdown();
        assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        return dispatched;
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }

    private static UUID submit(LocalQueue queue, Step step) {
        Ids ids = Ids.of(LongStream.rangeClosed(1, step.ids()).toArray());
        Submission submission = Queues.submission(step.priority(), ids);
        queue.add(submission);
        return submission.id();
    }

    private static int batches(Step step) {
        return (step.ids() + BATCH_SIZE - 1) / BATCH_SIZE;
    }

    /** A ticker for which every interval is over as soon as somebody waits for it; the gate's pace is not at issue. */
    private static final class UnhurriedByTime implements Ticker {
        private long now;

        @Override
        public synchronized long nanos() {
            return now;
        }

        @Override
        public synchronized void sleepUntil(long nanos) {
            now = Math.max(now, nanos);
        }

        @Override
        public void sleepUntil(long nanos, Semaphore unlessReleased) {
            sleepUntil(nanos);
        }

        @Override
        public String origin() {
            return "";
        }
    }
}
