package dev.batchgate.terminal;

import java.util.function.Supplier;

/** What is said when the process is told to end in the middle of its work, as by Ctrl-C. */
final class Farewell {

    private Farewell() {}

    /**
     * Does the work.
     *
     * @param words asked for only in the end, on a thread of the JVM's
     */
    static Exit prepared(Display display, Supplier<String> words, Supplier<Exit> work) {
        Thread hook = new Thread(() -> {
            display.end();
            display.say(words.get());
        });
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            return work.get();
        } finally {
            remove(hook);
        }
    }

    private static void remove(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException ending) {
            // It is being said.
        }
    }
}
