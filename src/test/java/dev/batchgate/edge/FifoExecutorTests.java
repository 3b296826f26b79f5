package dev.batchgate.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class FifoExecutorTests {

    private final List<Runnable> threads = new ArrayList<>();
    private final List<String> ran = new ArrayList<>();
    private final FifoExecutor executor = new FifoExecutor(threads::add);

    @Test
    void whicheverThreadIsFirstTakesWhatCameFirst() {
        executor.execute(() -> ran.add("first"));
        executor.execute(() -> ran.add("second"));
        executor.execute(() -> ran.add("third"));

        Collections.reverse(threads);
        threads.forEach(Runnable::run);

        assertThat(ran).containsExactly("first", "second", "third");
    }

    @Test
    void eachTaskHasAThreadSoThatOneThatWaitsHoldsUpNoOther() {
        executor.execute(() -> {
            threads.get(1).run();
            ran.add("waited for the other");
        });
        executor.execute(() -> ran.add("other"));

        threads.get(0).run();

        assertThat(ran).containsExactly("other", "waited for the other");
    }

    /** Tomcat starts virtual threads by reflection, and throws this instead of what that had thrown. */
    @Test
    void whatFindsNoThreadIsRefusedAndNotRunLater() {
        FifoExecutor executor = new FifoExecutor(turn -> {
            threads.add(turn);
            if (threads.size() == 1) {
                throw new UnsupportedOperationException("for a test");
            }
        });

        assertThatThrownBy(() -> executor.execute(() -> ran.add("refused")))
                .isInstanceOf(UnsupportedOperationException.class);
        executor.execute(() -> ran.add("next"));
        threads.get(1).run();

        assertThat(ran).containsExactly("next");
    }

    @Test
    void aThreadThatRunsThoughStartingItFailedFindsNobody() {
        whatFindsNoThreadIsRefusedAndNotRunLater();

        assertThatCode(threads.get(0)::run).doesNotThrowAnyException();
    }

    @Test
    void aTaskThatThrowsTakesNobodysThread() {
        executor.execute(() -> {
            throw new IllegalStateException("for a test");
        });
        executor.execute(() -> ran.add("next"));

        assertThatThrownBy(threads.get(0)::run).isInstanceOf(IllegalStateException.class);
        threads.get(1).run();

        assertThat(ran).containsExactly("next");
    }

    @Test
    void whatHasLostItsThreadIsRunByTheNextThatEnds() {
        AtomicReference<FifoExecutor> self = new AtomicReference<>();
        FifoExecutor tight = new FifoExecutor(turn -> {
            threads.add(turn);
            if (threads.size() == 1) {
                self.get().execute(() -> ran.add("second"));
                threads.get(1).run();
                throw new OutOfMemoryError("for the first, which the second's thread has taken just now");
            }
        });
        self.set(tight);

        tight.execute(() -> ran.add("first"));
        assertThat(ran).containsExactly("first");
        tight.execute(() -> ran.add("third"));
        threads.get(2).run();

        assertThat(ran).containsExactly("first", "second", "third");
    }

    @Test
    void nothingIsLostAmongManyThreads() throws InterruptedException {
        AtomicInteger done = new AtomicInteger();
        ExecutorService pool = Executors.newFixedThreadPool(4);
        FifoExecutor shared = new FifoExecutor(pool);
        List<Thread> handingIn = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Thread thread = new Thread(() -> {
                for (int task = 0; task < 10_000; task++) {
                    shared.execute(done::incrementAndGet);
                }
            });
            handingIn.add(thread);
            thread.start();
        }
        for (Thread thread : handingIn) {
            thread.join();
        }
        pool.shutdown();

        assertThat(pool.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        assertThat(done).hasValue(40_000);
    }
}
