package dev.batchgate.terminal;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleSupplier;

/**
 * The process around a command.
 *
 * @param err is for people, {@code out} for what reads on
 * @param isTerminal whether {@code err} is one
 * @param random from 0 to 1
 * @param longestSilence after which an answer that has begun is given up
 */
record Surroundings(
        InputStream in,
        OutputStream out,
        PrintStream err,
        BooleanSupplier isTerminal,
        Map<String, String> environment,
        Time time,
        DoubleSupplier random,
        Duration longestSilence) {

    private static final Duration LONGEST_SILENCE = Duration.ofMinutes(2);

    static Surroundings ofProcess() {
        return new Surroundings(
                System.in,
                // System.out would keep to itself that nobody reads any more.
                new FileOutputStream(FileDescriptor.out),
                System.err,
                Surroundings::isErrTerminal,
                System.getenv(),
                Time.system(),
                () -> ThreadLocalRandom.current().nextDouble(),
                LONGEST_SILENCE);
    }

    /** Java knows of standard input and output alone. */
    private static boolean isErrTerminal() {
        if ("dumb".equals(System.getenv("TERM"))) {
            return false;
        }
        try {
            Process test = new ProcessBuilder("sh", "-c", "test -t 2")
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            return test.waitFor() == 0;
        } catch (IOException noShell) {
            return false;
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
