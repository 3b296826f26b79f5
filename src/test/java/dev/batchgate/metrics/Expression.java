package dev.batchgate.metrics;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The metrics and the labels that a PromQL expression names, read word by word; not more of it than is needed for that.
 *
 * @param selectors each metric, with what its labels are to be: {@code name=value}, or the name alone where that is a pattern
 * @param grouped labels that something is summed up by
 */
record Expression(Map<String, List<String>> selectors, Set<String> grouped) {

    private static final Pattern WORD = Pattern.compile(
            "\"(?<text>(?:[^\"\\\\]|\\\\.)*)\"|\\[[^]]*]|\\$?(?<name>[a-zA-Z_][a-zA-Z0-9_:]*)|[0-9.]+|=~|!=|!~|==|[<>]=?|(?<sign>[^\\s\\w])");
    private static final Set<String> OPERATORS = Set.of("and", "or", "unless", "bool", "offset");
    private static final Set<String> GROUPINGS = Set.of("by", "without", "on", "ignoring", "group_left", "group_right");

    static Expression parse(String text) {
        List<String> words = new ArrayList<>();
        Matcher word = WORD.matcher(text);
        while (word.find()) {
            words.add(word.group());
        }
        Map<String, List<String>> selectors = new LinkedHashMap<>();
        Set<String> grouped = new HashSet<>();
        for (int i = 0; i < words.size(); i++) {
            String name = words.get(i);
            String next = i + 1 < words.size() ? words.get(i + 1) : "";
            if (GROUPINGS.contains(name)) {
                for (i += 2; !words.get(i).equals(")"); i++) {
                    if (!words.get(i).equals(",")) {
                        grouped.add(words.get(i));
                    }
                }
            } else if (name.matches("[a-zA-Z_].*")
                    && !OPERATORS.contains(name)
                    && !next.equals("(")
                    && !GROUPINGS.contains(next)) {
                List<String> labels = selectors.computeIfAbsent(name, any -> new ArrayList<>());
                if (next.equals("{")) {
                    for (i += 2; !words.get(i).equals("}"); i++) {
                        String operator = words.get(i + 1);
                        String value = words.get(i + 2);
                        labels.add(
                                operator.equals("=") && !value.startsWith("\"$")
                                        ? words.get(i) + "=" + value.substring(1, value.length() - 1)
                                        : words.get(i));
                        i += 2;
                        if (words.get(i + 1).equals(",")) {
                            i++;
                        }
                    }
                }
            }
        }
        return new Expression(selectors, grouped);
    }
}
