package dev.batchgate.terminal;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lengths of time as people write and read them: {@code 500ms}, {@code 30s}, {@code 10m}, {@code 2h}, {@code 1d}. */
final class Span {

    private static final Pattern WRITTEN = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");

    private Span() {}

    static Duration parse(String text) {
        Matcher parts = WRITTEN.matcher(text);
        if (!parts.matches()) {
            throw Failure.badInput("'%s' is no length of time: write 30s, 10m or 2h.".formatted(Plain.text(text)));
        }
        long amount = Long.parseLong(parts.group(1));
        return switch (parts.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            default -> Duration.ofDays(amount);
        };
    }

    /** With the two greatest units that it has, rounded up to a second where it has one. */
    static String text(Duration span) {
        if (span.compareTo(Duration.ofSeconds(1)) < 0) {
            return span.toMillis() + " ms";
        }
        Duration whole = span.toNanosPart() == 0 ? span : span.plusSeconds(1);
        if (whole.toDays() > 0) {
            return "%d d %02d h".formatted(whole.toDays(), whole.toHoursPart());
        }
        if (whole.toHours() > 0) {
            return "%d h %02d min".formatted(whole.toHours(), whole.toMinutesPart());
        }
        if (whole.toMinutes() > 0) {
            return "%d min %02d s".formatted(whole.toMinutes(), whole.toSecondsPart());
        }
        return whole.toSeconds() + " s";
    }
}
