package dev.batchgate.ledger;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What was found to be broken: all of it counted, some of it told. */
final class Findings {

    private static final int MOST_TOLD = 20;

    private final List<String> told = new ArrayList<>();
    private long count;

    /** @param promise the one that is broken, in a word */
    // The annotation would be one more dependency; the tests run every message.
    @SuppressWarnings("AnnotateFormatMethod")
    void add(String promise, String what, @Nullable Object... values) {
        count++;
        if (told.size() < MOST_TOLD) {
            told.add(promise + ": " + what.formatted(values));
        }
    }

    long count() {
        return count;
    }

    List<String> told() {
        return List.copyOf(told);
    }
}
