package dev.batchgate;

import dev.batchgate.Disturbances.Disturbance;
import dev.batchgate.Disturbances.Excuse;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Replicas of the finished jar on one database, each behind a line of its own, to be disturbed one by one. */
final class Replicas implements AutoCloseable {

    private final List<Replica> all = new ArrayList<>();
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
        List<CompletableFuture<Void>> starting = all.stream()
                .map(replica -> CompletableFuture.runAsync(replica::start))
                .toList();
        starting.forEach(CompletableFuture::join);
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
    }

    /** A place for one process after the other. Disturbed by one thread at a time; anyone may ask who is running. */
    final class Replica {
        private final String name;
        private final DatabaseLine line;
        private int starts;
        private volatile Running running;

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
                Running launched = new Running(process, StartedService.start(folder, own));
                try {
                    launched.service().awaitReady();
                    return launched;
                } catch (AssertionError ended) {
                    // A platform starts it again, too.
                    if (!disturbances.excuseNoAnswer(Disturbances.EVERYBODY, begun, System.nanoTime())) {
                        throw ended;
                    }
                }
            }
        }

        /** {@code kill -9}, and a new process in its place after a while. */
        void killAndRestart(Duration absence) throws InterruptedException {
            disturbances.begin(running.name(), Excuse.NO_ANSWER, Excuse.REPEAT);
            running.service().close();
            TimeUnit.NANOSECONDS.sleep(absence.toNanos());
            start();
        }

        void freeze(Duration time) throws InterruptedException {
            Disturbance frozen = disturbances.begin(running.name(), Excuse.NO_ANSWER, Excuse.REPEAT);
            running.service().freeze();
            TimeUnit.NANOSECONDS.sleep(time.toNanos());
            running.service().thaw();
            frozen.over();
        }

        /** SIGTERM once another process has taken its place; returns what the old one exited with. */
        int replace() {
            Running old = running;
            running = launch();
            disturbances.begin(old.name(), Excuse.NO_ANSWER);
            return old.service().terminate();
        }

        /** A partition in which connections hang, and then go on. */
        void hold(Duration time) throws InterruptedException {
            partition(time, false);
        }

        /** A partition in which connections hang, and then break. */
        void holdAndCut(Duration time) throws InterruptedException {
            partition(time, true);
        }

        private void partition(Duration time, boolean cut) throws InterruptedException {
            Disturbance parted = disturbances.begin(running.name(), Excuse.NO_ANSWER, Excuse.REPEAT);
            line.hold();
            TimeUnit.NANOSECONDS.sleep(time.toNanos());
            if (cut) {
                line.cut();
            }
            line.release();
            parted.over();
        }

        private void close() throws IOException {
            if (running != null) {
                running.service().close();
            }
            line.close();
        }
    }

    @Override
    public void close() throws IOException {
        for (Replica replica : all) {
            replica.close();
        }
    }
}
