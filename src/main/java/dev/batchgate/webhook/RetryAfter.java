package dev.batchgate.webhook;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.apache.hc.client5.http.utils.DateUtils;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpResponse;

/** Reads when a receiver wants to be asked again, in either form. What makes no sense says nothing. */
final class RetryAfter {

    /** No more than fits. */
    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,9}");

    private RetryAfter() {}

    static Duration of(HttpResponse response, Clock clock) {
        return Arrays.stream(response.getHeaders(HttpHeaders.RETRY_AFTER))
                .map(Header::getValue)
                .map(value -> value == null ? "" : value.strip())
                .map(value -> of(value, clock.instant()))
                .max(Duration::compareTo)
                .orElse(Duration.ZERO);
    }

    private static Duration of(String value, Instant now) {
        if (SECONDS.matcher(value).matches()) {
            return Duration.ofSeconds(Long.parseLong(value));
        }
        Instant date = DateUtils.parseStandardDate(value);
        return date == null || date.isBefore(now) ? Duration.ZERO : Duration.between(now, date);
    }
}
