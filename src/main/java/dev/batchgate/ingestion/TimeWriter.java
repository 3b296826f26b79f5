package dev.batchgate.ingestion;

import java.time.Instant;
import java.time.LocalDate;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ser.std.StdSerializer;

/**
 * Writes a moment as {@link Instant#toString} words it, for a part of what that takes: an answer may hold 20,000 of them; see
 * docs/performance.md.
 */
final class TimeWriter extends StdSerializer<Instant> {

    private static final String FORM = "0000-00-00T00:00:00.000000Z";
    private static final int SECONDS_A_DAY = 86_400;
    private static final long FIRST_YEAR = Instant.parse("0000-01-01T00:00:00Z").getEpochSecond();
    private static final long FIVE_DIGITS =
            Instant.parse("+10000-01-01T00:00:00Z").getEpochSecond();
    private static final int MICRO = 1_000;
    private static final int MILLI = 1_000_000;

    TimeWriter() {
        super(Instant.class);
    }

    @Override
    public void serialize(Instant time, JsonGenerator json, SerializationContext context) {
        json.writeString(text(time));
    }

    static String text(Instant time) {
        long second = time.getEpochSecond();
        int nano = time.getNano();
        // Seconds alone, or milliseconds or nanoseconds, have another number of digits; the store knows none but
        // microseconds.
        if (nano % MICRO != 0 || nano % MILLI == 0 || second < FIRST_YEAR || second >= FIVE_DIGITS) {
            return time.toString();
        }
        LocalDate day = LocalDate.ofEpochDay(Math.floorDiv(second, SECONDS_A_DAY));
        int ofDay = (int) Math.floorMod(second, (long) SECONDS_A_DAY);
        char[] text = FORM.toCharArray();
        put(day.getYear(), 3, text);
        put(day.getMonthValue(), 6, text);
        put(day.getDayOfMonth(), 9, text);
        put(ofDay / 3_600, 12, text);
        put(ofDay / 60 % 60, 15, text);
        put(ofDay % 60, 18, text);
        put(nano / MICRO, 25, text);
        return new String(text);
    }

    /** The last digit at that place, the others before it. */
    private static void put(int number, int last, char[] text) {
        for (int place = last, rest = number; rest > 0; place--, rest /= 10) {
            text[place] = (char) ('0' + rest % 10);
        }
    }
}
