package dev.batchgate.edge;

import dev.batchgate.ingestion.Problem;
import java.io.IOException;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/**
 * How many bytes a body may have, and how long it may take. A silent client is the connection timeout's to cut off;
 * this is for one that sends a byte now and then.
 *
 * @param grace the time that any body may take; one that takes longer must have arrived at the slowest pace or faster
 * @param nanoTime a clock that only goes forward
 */
record Allowance(long maxBytes, Duration grace, LongSupplier nanoTime) {

    private static final long SLOWEST_BYTES_PER_SECOND = 16 << 10;

    Allowance doubled() {
        return new Allowance(2 * maxBytes, grace, nanoTime);
    }

    long now() {
        return nanoTime.getAsLong();
    }

    /** Throws once the body is too large or too slow; an {@link IOException}, as a reader of a stream expects one. */
    void check(long bytes, long startedAt) throws IOException {
        if (bytes > maxBytes) {
            throw new IOException(new ErrorResponseException(HttpStatus.CONTENT_TOO_LARGE, tooLarge(), null));
        }
        Duration enough = grace.plusSeconds(bytes / SLOWEST_BYTES_PER_SECOND);
        if (now() - startedAt > enough.toNanos()) {
            throw new IOException(new ErrorResponseException(HttpStatus.REQUEST_TIMEOUT, tooSlow(), null));
        }
    }

    ProblemDetail tooLarge() {
        return Problem.of(
                HttpStatus.CONTENT_TOO_LARGE,
                "The body is larger than the %d bytes that are read; split the list.".formatted(maxBytes));
    }

    private ProblemDetail tooSlow() {
        return Problem.of(
                HttpStatus.REQUEST_TIMEOUT,
                "The body came too slowly: after %d s, at least %d bytes a second are expected."
                        .formatted(grace.toSeconds(), SLOWEST_BYTES_PER_SECOND));
    }
}
