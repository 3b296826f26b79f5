package dev.batchgate.ingestion;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hc.core5.http.HeaderElement;
import org.apache.hc.core5.http.message.BasicHeaderValueParser;
import org.apache.hc.core5.http.message.ParserCursor;
import org.springframework.util.StringUtils;

/** What a client would like, if it can be had (RFC 7240); a list of it may be spread over several fields. */
public final class Preferences {

    public static final String PREFER = "Prefer";
    public static final String APPLIED = "Preference-Applied";

    /** Digits enough for any wait, and too few for an overflow. */
    private static final int LONGEST_NUMBER = 9;

    private final HttpServletRequest request;

    private Preferences(HttpServletRequest request) {
        this.request = request;
    }

    public static Preferences of(HttpServletRequest request) {
        return new Preferences(request);
    }

    /** Whether a preference without a value is among them. */
    boolean has(String name) {
        return all().anyMatch(preference ->
                name.equalsIgnoreCase(preference.getName()) && !StringUtils.hasLength(preference.getValue()));
    }

    /** How long the client would wait for an answer, in whole seconds; empty if it does not say, or nothing that can be. */
    public Optional<Duration> patience() {
        return all().filter(preference -> "wait".equalsIgnoreCase(preference.getName()))
                .findFirst()
                .map(HeaderElement::getValue)
                .filter(seconds -> seconds.matches("[0-9]{1,%d}".formatted(LONGEST_NUMBER)))
                .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)));
    }

    private Stream<HeaderElement> all() {
        if (request.getHeader(PREFER) == null) {
            return Stream.empty();
        }
        return Collections.list(request.getHeaders(PREFER)).stream()
                .map(field -> BasicHeaderValueParser.INSTANCE.parseElements(field, new ParserCursor(0, field.length())))
                .flatMap(Arrays::stream);
    }
}
