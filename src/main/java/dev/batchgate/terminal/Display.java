package dev.batchgate.terminal;

import java.io.PrintStream;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What people read while a command works, on standard error: lines, and on a terminal one below them that is written over
 * again and again. Used by the command's thread, and by the one that says farewell.
 */
final class Display {

    private static final Duration NOW_AND_THEN = Duration.ofSeconds(30);
    private static final String CLEARED = "\r\u001b[K";

    private final PrintStream err;
    private final Time time;
    private final BooleanSupplier isTerminal;
    private @Nullable Boolean overwrites;
    private String drawn = "";
    private long shown;

    Display(PrintStream err, Time time, BooleanSupplier isTerminal) {
        this.err = err;
        this.time = time;
        this.isTerminal = isTerminal;
    }

    synchronized void say(String line) {
        String below = drawn;
        clear();
        err.println(line);
        if (!below.isEmpty()) {
            draw(below);
        }
    }

    /** Shows how far it is: over what was shown last, or, where that cannot be, on a line of its own now and then. */
    synchronized void progress(String line) {
        if (overwrites()) {
            clear();
            draw(line);
        } else if (drawn.isEmpty() || time.nanos() - shown >= NOW_AND_THEN.toNanos()) {
            if (!line.equals(drawn)) {
                err.println(line);
                drawn = line;
            }
            shown = time.nanos();
        }
    }

    /** Leaves what was shown last where it is. */
    synchronized void end() {
        if (overwrites() && !drawn.isEmpty()) {
            err.println();
        }
        drawn = "";
    }

    private void draw(String line) {
        if (overwrites()) {
            err.print(line);
            err.flush();
        }
        drawn = line;
    }

    private void clear() {
        if (!drawn.isEmpty() && overwrites()) {
            err.print(CLEARED);
        }
    }

    private boolean overwrites() {
        if (overwrites == null) {
            overwrites = isTerminal.getAsBoolean();
        }
        return overwrites;
    }
}
