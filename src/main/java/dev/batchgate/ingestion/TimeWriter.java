package dev.batchgate.ingestion;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.json.UTF8JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ser.std.StdSerializer;

/**
 * Writes a moment as {@link Instant#toString} words it, for a part of what that takes: an answer may hold 20,000 of them; see
 * docs/performance.md.
 */
final class TimeWriter extends StdSerializer<Instant> {

    private static final byte[] FORM = "0000-00-00T00:00:00.000000Z".getBytes(StandardCharsets.US_ASCII);
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
        byte[] text = text(time);
        if (json instanceof UTF8JsonGenerator utf8) {
            // Nothing in it needs to be escaped, which Jackson would look for.
            utf8.writeRawUTF8String(text, 0, text.length);
        } else {
            json.writeString(new String(text, StandardCharsets.US_ASCII));
        }
    }

    private static byte[] text(Instant time) {
        long second = time.getEpochSecond();
        int nano = time.getNano();
        // Seconds alone, or milliseconds or nanoseconds, have another number of digits; the store knows none but
        // microseconds.
        if (nano % MICRO != 0 || nano % MILLI == 0 || second < FIRST_YEAR || second >= FIVE_DIGITS) {
            return time.toString().getBytes(StandardCharsets.US_ASCII);
        }
        LocalDate day = LocalDate.ofEpochDay(Math.floorDiv(second, SECONDS_A_DAY));
        int ofDay = (int) Math.floorMod(second, (long) SECONDS_A_DAY);
        int micro = nano / MICRO;
        byte[] text = FORM.clone();
        put(day.getYear() / 100, 0, text);
        put(day.getYear() % 100, 2, text);
        put(day.getMonthValue(), 5, text);
        put(day.getDayOfMonth(), 8, text);
        put(ofDay / 3_600, 11, text);
        put(ofDay / 60 % 60, 14, text);
        put(ofDay % 60, 17, text);
        put(micro / 10_000, 20, text);
        put(micro / 100 % 100, 22, text);
        put(micro % 100, 24, text);
        return text;
    }

    /** Two digits, from that place on. */
    private static void put(int number, int place, byte[] text) {
        text[place] = (byte) ('0' + number / 10);
        text[place + 1] = (byte) ('0' + number % 10);
    }
}
