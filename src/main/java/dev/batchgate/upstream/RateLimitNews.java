package dev.batchgate.upstream;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hc.client5.http.utils.DateUtils;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HeaderElement;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.message.MessageSupport;
import org.jspecify.annotations.Nullable;

/**
 * What the head of an answer says about when the upstream wants to be asked again. What makes no sense says nothing.
 * Any number of threads may enter.
 */
final class RateLimitNews {

    /** For ever, and still a number of nanoseconds. */
    private static final Duration LONGEST = Duration.ofDays(36_500);

    private static final Duration SAME_CLOCK = Duration.ofSeconds(2);

    /** More seconds than anybody waits: it is a moment, counted from 1970. */
    private static final BigDecimal LEAST_EPOCH_SECONDS = BigDecimal.valueOf(1_000_000_000L);

    private static final BigDecimal LEAST_EPOCH_MILLIS = BigDecimal.valueOf(1_000_000_000_000L);

    private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,40}(\\.[0-9]{1,40})?");

    private static final DateTimeFormatter[] HTTP_DATES = {
        DateUtils.FORMATTER_RFC1123,
        DateUtils.FORMATTER_RFC1036,
        DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.ENGLISH).withZone(ZoneOffset.UTC)
    };

    private final Clock clock;

    RateLimitNews(Clock clock) {
        this.clock = clock;
    }

    /** How long the upstream wants to hear nothing from anybody, from its answer on; zero if it does not say. */
    Duration closedFor(HttpResponse answer) {
        return Stream.of(
                        retryAfter(answer), rateLimit(answer), pairs(answer, "RateLimit"), pairs(answer, "X-RateLimit"))
                .flatMap(closed -> closed)
                .max(Duration::compareTo)
                .orElse(Duration.ZERO);
    }

    private Stream<Duration> retryAfter(HttpResponse answer) {
        if (answer.getCode() != 429 && answer.getCode() != 503) {
            return Stream.empty();
        }
        return Stream.of(answer.getHeaders("Retry-After"))
                .map(Header::getValue)
                .flatMap(value -> Stream.concat(
                        number(value).map(RateLimitNews::seconds).stream(),
                        date(value).map(date -> wait(now(answer), date)).stream()));
    }

    /**
     * {@code RateLimit: "policy";r=0;t=30}, where {@code RateLimit-Policy: "policy";q=9;w=60} stands in for a {@code t}
     * that is missing; or as it used to be, {@code RateLimit: limit=9, remaining=0, reset=30}.
     */
    private static Stream<Duration> rateLimit(HttpResponse answer) {
        Stream<Optional<BigDecimal>> items = elements(answer, "RateLimit")
                .filter(item -> isUsedUp(parameter(item, "r")))
                .map(item ->
                        item.getParameterByName("t") == null ? window(answer, item.getName()) : parameter(item, "t"));
        Stream<Optional<BigDecimal>> members =
                isUsedUp(member(answer, "remaining")) ? Stream.of(member(answer, "reset")) : Stream.empty();
        return Stream.concat(items, members).flatMap(Optional::stream).map(RateLimitNews::seconds);
    }

    private static Optional<BigDecimal> window(HttpResponse answer, String policy) {
        return elements(answer, "RateLimit-Policy")
                .filter(item -> item.getName().equals(policy))
                .flatMap(item -> parameter(item, "w").stream())
                .findFirst();
    }

    /** Headers of their own, in as many pairs as there are. */
    private Stream<Duration> pairs(HttpResponse answer, String prefix) {
        Header[] remaining = answer.getHeaders(prefix + "-Remaining");
        Header[] reset = answer.getHeaders(prefix + "-Reset");
        return IntStream.range(0, Math.min(remaining.length, reset.length))
                .filter(i -> isUsedUp(number(remaining[i].getValue())))
                .mapToObj(i -> number(reset[i].getValue()).map(value -> reset(value, answer)))
                .flatMap(Optional::stream);
    }

    private Duration reset(BigDecimal value, HttpResponse answer) {
        if (value.compareTo(LEAST_EPOCH_SECONDS) < 0) {
            return seconds(value);
        }
        BigDecimal moment = value.compareTo(LEAST_EPOCH_MILLIS) < 0 ? value : value.movePointLeft(3);
        return seconds(moment.subtract(BigDecimal.valueOf(now(answer).toEpochMilli(), 3)));
    }

    private static boolean isUsedUp(Optional<BigDecimal> remaining) {
        return remaining.isPresent() && remaining.get().signum() <= 0;
    }

    private static Stream<HeaderElement> elements(HttpResponse answer, String name) {
        return Stream.of(answer.getHeaders(name)).flatMap(header -> MessageSupport.parseElements(header).stream());
    }

    private static Optional<BigDecimal> member(HttpResponse answer, String name) {
        return elements(answer, "RateLimit")
                .filter(element -> element.getName().equalsIgnoreCase(name))
                .findFirst()
                .flatMap(element -> number(element.getValue()));
    }

    private static Optional<BigDecimal> parameter(HeaderElement item, String name) {
        return Optional.ofNullable(item.getParameterByName(name)).flatMap(parameter -> number(parameter.getValue()));
    }

    private static Optional<BigDecimal> number(@Nullable String text) {
        return Optional.ofNullable(text)
                .map(String::strip)
                .filter(value -> NUMBER.matcher(value).matches())
                .map(BigDecimal::new);
    }

    private static Duration seconds(BigDecimal seconds) {
        if (seconds.signum() <= 0) {
            return Duration.ZERO;
        }
        return seconds.compareTo(BigDecimal.valueOf(LONGEST.toSeconds())) > 0
                ? LONGEST
                : Duration.ofNanos(seconds.movePointRight(9)
                        .setScale(0, RoundingMode.CEILING)
                        .longValueExact());
    }

    /** The upstream's own time, which its moments are in; unless it is ours too, which is known more precisely. */
    private Instant now(HttpResponse answer) {
        Instant ours = clock.instant();
        return Stream.of(answer.getHeaders("Date"))
                .flatMap(header -> date(header.getValue()).stream())
                .findFirst()
                .filter(theirs -> Duration.between(ours, theirs).abs().compareTo(SAME_CLOCK) > 0)
                .orElse(ours);
    }

    private static Optional<Instant> date(@Nullable String text) {
        return Optional.ofNullable(text).map(value -> DateUtils.parseDate(value.strip(), HTTP_DATES));
    }

    private static Duration wait(Instant now, Instant date) {
        return seconds(BigDecimal.valueOf(Duration.between(now, date).toMillis(), 3));
    }
}
