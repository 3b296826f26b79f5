package dev.batchgate.ingestion;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DispatcherTests {

    private static final Batch BATCH = new Batch(UUID.randomUUID(), 0, List.of(1L));

    private final List<String> ended = new ArrayList<>();
    private final List<Batch> departed = new ArrayList<>();
    private final AtomicInteger pauses = new AtomicInteger();
    private boolean heldBack;

    @Test
    void handsTheBatchToTheUpstreamAndTheOutcomeToTheQueue() {
        Dispatcher dispatcher = dispatcher((batch, left) -> {
            left.happened();
            return CompletableFuture.completedStage(Outcomes.completed(batch));
        });

        dispatcher.dispatchNext();

        assertThat(departed).hasSize(1);
        assertThat(ended).containsExactly("[1] completed");
    }

    @Test
    void whatIsHeldBackIsNoneOfTheUpstreamsBusiness() {
        heldBack = true;
        Dispatcher dispatcher = dispatcher((batch, left) -> {
            throw new IllegalStateException("no");
        });

        dispatcher.dispatchNext();

        assertThat(ended).containsExactly("[1] unsent");
    }

    @Test
    void anUpstreamThatThrowsFailsTheBatchAndNothingElse() {
        Dispatcher dispatcher = dispatcher((batch, left) -> {
            throw new IllegalStateException("no");
        });

        dispatcher.dispatchNext();
        dispatcher.dispatchNext();

        assertThat(ended).hasSize(2).allMatch(end -> end.contains("Batchgate itself failed"));
    }

    @Test
    void anUpstreamThatRunsOutOfMemoryFailsTheBatchToo() {
        Dispatcher dispatcher = dispatcher((batch, left) -> {
            throw new OutOfMemoryError("unable to create native thread");
        });

        dispatcher.dispatchNext();

        assertThat(ended).hasSize(1).allMatch(end -> end.contains("unable to create native thread"));
    }

    @Test
    void anUpstreamWhoseAnswerBreaksOffFailsTheBatch() {
        Dispatcher dispatcher =
                dispatcher((batch, left) -> CompletableFuture.failedStage(new IllegalStateException("x")));

        dispatcher.dispatchNext();

        assertThat(ended).hasSize(1).allMatch(end -> end.contains("Batchgate itself failed"));
    }

    @Test
    void aQueueThatFailsDoesNotEndTheDispatcher() {
        Dispatcher dispatcher = new Dispatcher(
                new OneByOne() {
                    @Override
                    public Batch take() {
                        throw new IllegalStateException("for a moment");
                    }
                },
                (batch, left) -> new CompletableFuture<>(),
                new Telemetry(),
                System::nanoTime,
                pauses::incrementAndGet);

        dispatcher.dispatchNext();
        dispatcher.dispatchNext();

        assertThat(pauses).hasValue(2);
    }

    @Test
    void anUpstreamThatForgetsAnIdHasTheBatchTriedAgain() {
        Dispatcher dispatcher = dispatcher((batch, left) -> CompletableFuture.completedStage(Outcomes.of()));

        dispatcher.dispatchNext();

        assertThat(ended).hasSize(1).allMatch(outcome -> outcome.contains("told of 0 ids of the 1"));
    }

    @Test
    void anOutcomeThatCannotBeRecordedIsSaidAgainUntilItIs() {
        AtomicInteger refusals = new AtomicInteger(3);
        Dispatcher dispatcher = new Dispatcher(
                new OneByOne() {
                    @Override
                    public void finish(Batch batch, Outcome outcome) {
                        if (refusals.getAndDecrement() > 0) {
                            throw new Unavailable("not now", Duration.ofSeconds(1));
                        }
                        super.finish(batch, outcome);
                    }
                },
                (batch, left) -> CompletableFuture.completedStage(Outcomes.completed(batch)),
                new Telemetry(),
                System::nanoTime,
                pauses::incrementAndGet);

        dispatcher.dispatchNext();

        assertThat(ended).containsExactly("[1] completed");
        assertThat(pauses).hasValue(3);
    }

    @Test
    void whatBreaksOffOnceItIsClosedIsNotTheUpstreamsFailure() {
        CompletableFuture<Outcome> fetch = new CompletableFuture<>();
        Dispatcher dispatcher = dispatcher((batch, left) -> fetch);
        dispatcher.dispatchNext();

        dispatcher.close();
        fetch.complete(Outcomes.missed(BATCH, "the upstream broke the connection"));

        assertThat(ended).isEmpty();
    }

    @Test
    void itIsIdleOnceTheLastFetchHasEndedAndBeenRecorded() {
        CompletableFuture<Outcome> fetch = new CompletableFuture<>();
        Dispatcher dispatcher = dispatcher((batch, left) -> fetch);
        dispatcher.dispatchNext();
        List<String> endedWhenIdle = new ArrayList<>();

        dispatcher.idle().thenRun(() -> endedWhenIdle.addAll(ended));
        assertThat(endedWhenIdle).isEmpty();
        fetch.complete(Outcomes.completed(BATCH));

        assertThat(endedWhenIdle).containsExactly("[1] completed");
    }

    @Test
    void anInterruptIsKeptForWhoeverAskedForIt() {
        Dispatcher dispatcher = new Dispatcher(
                new OneByOne() {
                    @Override
                    public Batch take() throws InterruptedException {
                        throw new InterruptedException();
                    }
                },
                (batch, left) -> new CompletableFuture<>(),
                new Telemetry(),
                System::nanoTime,
                pauses::incrementAndGet);

        dispatcher.dispatchNext();

        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void whoMeasuresIsToldInOrderAndTheEndOfItWhateverBecomesOfIt() {
        List<String> told = new ArrayList<>();
        Telemetry telemetry = new Telemetry();
        telemetry.attach(new Telemetry.Meter() {
            @Override
            public void dispatched(Batch batch) {
                throw new IllegalStateException("a defect of whoever measures");
            }
        });
        telemetry.attach(recorder(told));
        AtomicInteger nanos = new AtomicInteger();
        Dispatcher dispatcher = new Dispatcher(
                new OneByOne() {
                    @Override
                    public void finish(Batch batch, Outcome outcome) {
                        told.add("finish");
                        throw new IllegalStateException("twice");
                    }
                },
                (batch, left) -> {
                    nanos.addAndGet(70);
                    return CompletableFuture.completedStage(Outcomes.completed(batch));
                },
                telemetry,
                nanos::get,
                pauses::incrementAndGet);

        dispatcher.dispatchNext();

        assertThat(told).containsExactly("dispatched", "fetched PT0.00000007S", "finish", "ended");
    }

    private static Telemetry.Meter recorder(List<String> told) {
        return new Telemetry.Meter() {
            @Override
            public void dispatched(Batch batch) {
                told.add("dispatched");
            }

            @Override
            public void fetched(Batch batch, Outcome outcome, Duration took) {
                told.add("fetched " + took);
            }

            @Override
            public void ended(Batch batch) {
                told.add("ended");
            }
        };
    }

    private Dispatcher dispatcher(Upstream upstream) {
        return new Dispatcher(new OneByOne(), upstream, new Telemetry(), System::nanoTime, pauses::incrementAndGet);
    }

    private class OneByOne implements BatchQueue {
        @Override
        public CompletableFuture<Receipt> submit(Submission submission) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Optional<Ingestion> find(UUID ingestionId) {
            return Optional.empty();
        }

        @Override
        public Batch take() throws InterruptedException {
            return BATCH;
        }

        @Override
        public boolean mayDepart(Batch batch) {
            return true;
        }

        @Override
        public boolean isHeldBack(Batch batch) {
            return heldBack;
        }

        @Override
        public void departed(Batch batch) {
            departed.add(batch);
        }

        @Override
        public void finish(Batch batch, Outcome outcome) {
            IdOutcome first = outcome.ids().get(0);
            String end = outcome.isUnsent() ? "unsent" : "completed";
            ended.add(batch.ids() + " " + (first instanceof IdOutcome.Missed missed ? missed.reason() : end));
        }

        @Override
        public Lineup lineup(Priority priority, int most) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Standing standing(Submission submission) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Optional<Standing> standing(UUID ingestionId) {
            throw new UnsupportedOperationException();
        }

        @Override
        public QueueState state() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Duration overdue() {
            throw new UnsupportedOperationException();
        }
    }
}
