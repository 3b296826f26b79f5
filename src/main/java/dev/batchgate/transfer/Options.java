package dev.batchgate.transfer;

import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** What is written behind the name of a command of this package. */
final class Options {

    private Options() {}

    /** Each of them once, as {@code --name value} or {@code --name=value}; empty where they are written otherwise. */
    static Map<String, String> of(List<String> arguments) {
        Map<String, String> options = new HashMap<>();
        for (Iterator<String> rest = arguments.iterator(); rest.hasNext(); ) {
            String[] parts = rest.next().split("=", 2);
            String value = parts.length > 1 ? parts[1] : rest.hasNext() ? rest.next() : "";
            if (value.isEmpty() || options.put(parts[0], value) != null) {
                return Map.of();
            }
        }
        return options;
    }
}
