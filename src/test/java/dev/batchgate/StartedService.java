package dev.batchgate;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The finished jar as a process of its own, in a folder of its own, configured by its environment. */
final class StartedService implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** For the JVM: to be started soon matters more than to be fast then. */
    static final String QUICK_TO_START = "-XX:TieredStopAtLevel=1";

    private final Process process;
    private final Path log;
    private final int port;

    private StartedService(Process process, Path log, int port) {
        this.process = process;
        this.log = log;
        this.port = port;
    }

    /** As it is delivered; {@link QuickJar} starts sooner. */
    static StartedService start(Path folder, Map<String, String> environment, String... flags) {
        List<String> command = new ArrayList<>(List.of(java()));
        command.addAll(List.of(flags));
        command.addAll(List.of("-jar", System.getProperty("batchgate.jar")));
        return start(command, folder, environment);
    }

    /** @param command ends in the jar, or what was made of it */
    static StartedService start(List<String> command, Path folder, Map<String, String> environment) {
        try {
            int port = freePort();
            Path log = Files.createTempFile(folder, "log", ".txt");
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .directory(folder.toFile());
            builder.environment().put("PORT", String.valueOf(port));
            builder.environment().putAll(environment);
            return new StartedService(builder.start(), log, port);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    StartedService awaitReady() {
        await().atMost(PATIENCE).until(() -> !process.isAlive() || log().contains("Started BatchgateApplication"));
        if (!process.isAlive()) {
            throw new AssertionError(log());
        }
        return this;
    }

    Http http() {
        return new Http(port);
    }

    int port() {
        return port;
    }

    Process process() {
        return process;
    }

    String log() {
        try {
            return Files.readString(log);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Stops it where it is, as a virtual machine does that is moved: nothing of it runs, and it does not know. */
    void freeze() {
        Signals.send("STOP", Stream.of(process.toHandle()));
    }

    /** Lets it go on. */
    void thaw() {
        Signals.send("CONT", Stream.of(process.toHandle()));
    }

    /** Asks it to stop, as a container platform does; returns what it exited with. */
    int terminate() {
        process.destroy();
        return exit();
    }

    /** Waits for it to end by itself; returns what it exited with. */
    int exit() {
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("still running after " + PATIENCE + "\n" + log());
            }
            return process.exitValue();
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new AssertionError(stopping);
        }
    }

    /** {@code kill -9}; returns when it is gone. */
    @Override
    public void close() {
        process.destroyForcibly();
        exit();
    }
}
