package dev.batchgate;

import static org.awaitility.Awaitility.await;

import dev.batchgate.Disturbances.Disturbance;
import dev.batchgate.Disturbances.Excuse;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Replicas of the finished jar on one database, each behind a line of its own, to be disturbed one by one. */
final class Replicas implements AutoCloseable {

    /** What the database answers to who asks for a batch and gets one. */
    private static final String CLAIMED = "taken";

    /** How long one may take until it is ready, with its database being disturbed meanwhile. */
    private static final Duration START = Duration.ofSeconds(60);

    private final List<Replica> all = new ArrayList<>();
    private final Queue<Running> launched = new ConcurrentLinkedQueue<>();
    private final Disturbances disturbances;
    private final Path folder;
    private final String database;
    private final Map<String, String> environment;

    /** @param environment what they are all configured by, besides the database */
    Replicas(
            int count,
            Path folder,
            PostgresServer server,
            String database,
            Map<String, String> environment,
            Disturbances disturbances) {
        this.folder = folder;
        this.database = database;
        this.environment = environment;
        this.disturbances = disturbances;
        for (int i = 1; i <= count; i++) {
            all.add(new Replica("r" + i, new DatabaseLine(server.port())));
        }
    }

    /** Starts them all at once; returns when all are ready. */
    Replicas awaitReady() {
        // All of them, even if one fails: none is to start behind the back of whoever closes this.
        CompletableFuture.allOf(all.stream()
                        .map(replica -> CompletableFuture.runAsync(replica::start))
                        .toArray(CompletableFuture[]::new))
                .join();
        return this;
    }

    List<Replica> all() {
        return List.copyOf(all);
    }

    Replica get(int index) {
        return all.get(index);
    }

    /** One process of a replica, which answers for what it was asked. */
    record Running(String name, StartedService service) {
        Http http() {
            return Http.impatient(service.port(), Duration.ofSeconds(20));
        }

        /** Whether it says that it is ready. */
        boolean isReady() {
            return http().get("/actuator/health/readiness").status() == 200;
        }
    }

    /** A place for one process after the other. Disturbed by one thread at a time; anyone may ask who is running. */
    final class Replica {
        private final String name;
        private final DatabaseLine line;
        private int starts;
        private volatile Running running;
        private volatile Disturbance frozen;
        private volatile Disturbance parted;

        private Replica(String name, DatabaseLine line) {
            this.name = name;
            this.line = line;
        }

        /** A process that is ready, or was until it was disturbed. */
        Running running() {
            return running;
        }

        void start() {
            running = launch();
        }

        private Running launch() {
            String process = name + "." + ++starts;
            Map<String, String> own = new HashMap<>(environment);
            own.put("DATABASE_URL", PostgresServer.variable(line.port(), database));
            own.put("BATCHGATE_UPSTREAM_HEADERS_X_REPLICA", process);
            long begun = System.nanoTime();
            while (true) {
                Running next = new Running(process, StartedService.start(QuickJar.command(), folder, own));
                launched.add(next);
                try {
                    next.service().awaitReady();
                    await().atMost(START).until(next::isReady);
                    return next;
                } catch (AssertionError ended) {
                    next.service().close();
                    // A platform starts it again, too.
                    if (!disturbances.excuseNoAnswer(Disturbances.EVERYBODY, begun, System.nanoTime())) {
                        throw ended;
                    }
                }
            }
        }

        /** {@code kill -9}. */
        void kill() {
            disturbances.begin(running.name(), Excuse.NO_ANSWER, Excuse.REPEAT);
            running.service().close();
        }

        /** {@code kill -9}, and a new process in its place after a while. */
        void killAndRestart(Duration absence) throws InterruptedException {
            kill();
            TimeUnit.NANOSECONDS.sleep(absence.toNanos());
            start();
        }

        /** Stops it where it is; to be thawed. */
        void freeze() {
            frozen = disturbances.begin(running.name(), Excuse.NO_ANSWER, Excuse.REPEAT);
            running.service().freeze();
        }

        void thaw() {
            running.service().thaw();
            frozen.over();
        }

        void freeze(Duration time) throws InterruptedException {
            freeze();
            TimeUnit.NANOSECONDS.sleep(time.toNanos());
            thaw();
        }

        /** Breaks its connections; what is on its way to it is lost. */
        void cut() {
            Disturbance cut = disturbances.begin(running.name(), Excuse.NO_ANSWER, Excuse.REPEAT);
            line.cut();
            cut.over();
        }

        /** SIGTERM once another process has taken its place; returns what the old one exited with. */
        int replace() {
            Running old = running;
            running = launch();
            disturbances.begin(old.name(), Excuse.NO_ANSWER);
            return old.service().terminate();
        }

        /** A partition: its connections to the database hang; to be healed, or cut and healed. */
        void part() {
            parted = disturbances.begin(running.name(), Excuse.NO_ANSWER, Excuse.REPEAT);
            line.hold();
        }

        /** What hangs goes on. */
        void heal() {
            line.release();
            parted.over();
        }

        void part(Duration time) throws InterruptedException {
            part();
            TimeUnit.NANOSECONDS.sleep(time.toNanos());
            heal();
        }

        void partAndCut(Duration time) throws InterruptedException {
            part();
            TimeUnit.NANOSECONDS.sleep(time.toNanos());
            line.cut();
            heal();
        }
    }

    /** Their database has another address now; what was connected to the old one breaks. */
    void lead(int port) {
        all.forEach(replica -> {
            replica.line.lead(port);
            replica.line.cut();
        });
    }

    /** Does that to the next replica that is given a batch, while it does not know yet that it is. */
    CompletableFuture<Replica> onNextClaim(Consumer<Replica> event) {
        CompletableFuture<Replica> struck = new CompletableFuture<>();
        AtomicBoolean once = new AtomicBoolean();
        for (Replica replica : all) {
            replica.line.onAnswer(CLAIMED, () -> {
                if (once.compareAndSet(false, true)) {
                    event.accept(replica);
                    struck.complete(replica);
                }
            });
        }
        return struck;
    }

    /** What all of their processes had to complain about. */
    String warnings() {
        return launched.stream()
                .flatMap(process -> process.service()
                        .log()
                        .lines()
                        .filter(line -> line.matches(".* (WARN|ERROR) .*"))
                        .map(line -> process.name() + " " + line))
                .collect(Collectors.joining("\n"));
    }

    @Override
    public void close() throws IOException {
        launched.forEach(process -> process.service().close());
        for (Replica replica : all) {
            replica.line.close();
        }
    }
}
