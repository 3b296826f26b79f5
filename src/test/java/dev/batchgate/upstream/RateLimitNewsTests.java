package dev.batchgate.upstream;

import static dev.batchgate.FakeUpstream.respond;
import static dev.batchgate.FakeUpstream.write;
import static dev.batchgate.upstream.Fetching.outcome;
import static dev.batchgate.upstream.Fetching.upstream;
import static org.assertj.core.api.Assertions.assertThat;

import dev.batchgate.FakeUpstream;
import dev.batchgate.ingestion.IdOutcome;
import dev.batchgate.ingestion.Outcome;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.CountDownLatch;
import org.apache.hc.core5.http.message.BasicHttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RateLimitNewsTests {

    /** Saturday, 28 November 2026; as seconds since 1970, 1795867200. */
    private static final Instant NOW = Instant.parse("2026-11-28T12:00:00.250Z");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "Retry-After: 120                                                              | PT2M",
                "Retry-After:  0                                                               | PT0S",
                "Retry-After: 1.5                                                              | PT1.5S",
                "Retry-After: Sat, 28 Nov 2026 12:01:00 GMT                                    | PT59.75S",
                "Retry-After: Saturday, 28-Nov-26 12:01:00 GMT                                 | PT59.75S",
                "Retry-After: Sat Nov 28 12:01:00 2026                                         | PT59.75S",
                "Retry-After: Tue Dec  1 12:00:00 2026                                         | PT71H59M59.75S",
                "Retry-After: Sat, 28 Nov 2026 11:59:59 GMT                                    | PT0S",
                "Retry-After: Sun, 06 Nov 1994 08:49:37 GMT                                    | PT0S",
                "Retry-After: 5, Retry-After: 9, Retry-After: soon                             | PT9S",
                // The upstream's clock, which is ten minutes slow; or the same as ours, but for the time the answer
                // took.
                "Date: Sat, 28 Nov 2026 11:50:00 GMT, Retry-After: Sat, 28 Nov 2026 11:51:00 GMT | PT1M",
                "Date: Sat, 28 Nov 2026 12:10:00 GMT, Retry-After: Sat, 28 Nov 2026 12:11:00 GMT | PT1M",
                "Date: Sat, 28 Nov 2026 11:59:59 GMT, Retry-After: Sat, 28 Nov 2026 12:01:00 GMT | PT59.75S",
                "Date: Sat, 28 Nov 2026 12:00:02 GMT, Retry-After: Sat, 28 Nov 2026 12:01:00 GMT | PT59.75S",
                "Date: yesterday, Retry-After: Sat, 28 Nov 2026 12:01:00 GMT                   | PT59.75S",
                "Date: Sat, 28 Nov 2026 11:50:00 GMT, Retry-After: 60                          | PT1M",
                "RateLimit: \"a\";r=0;t=30                                                     | PT30S",
                "RateLimit: \"a\";r=1;t=30                                                     | PT0S",
                "RateLimit: \"a\";r=-1;t=30                                                    | PT30S",
                "RateLimit: \"a\";t=30;r=0                                                     | PT30S",
                "RateLimit: a;r=0;t=30                                                         | PT30S",
                "RateLimit: \"a\" ; r=0 ; t=30                                                 | PT30S",
                "RateLimit: \"a\";r=5;t=900#\"b\";r=0;t=30                                     | PT30S",
                "RateLimit: \"a\";r=0;t=20#\"b\";r=0;t=30                                      | PT30S",
                "RateLimit: \"a\";r=0;t=20, RateLimit: \"b\";r=0;t=30                          | PT30S",
                "RateLimit: \"a\";r=0;pk=:AbCd:;t=30                                           | PT30S",
                "RateLimit: \"a\";r=0, RateLimit-Policy: \"b\";q=9;w=90#\"a\";q=5;w=60         | PT1M",
                "RateLimit: \"a\";r=0, RateLimit-Policy: \"b\";q=9;w=90                        | PT0S",
                "RateLimit: \"a\";r=0                                                          | PT0S",
                "RateLimit: \"a\";t=30                                                         | PT0S",
                "RateLimit: \"a;r=0;t=9\";r=5;t=30                                             | PT0S",
                "RateLimit: limit=100#remaining=0#reset=30                                     | PT30S",
                "RateLimit: limit=100#remaining=1#reset=30                                     | PT0S",
                "RateLimit: limit=100, RateLimit: remaining=0, RateLimit: reset=30             | PT30S",
                "RateLimit-Limit: 9, RateLimit-Remaining: 0, RateLimit-Reset: 30               | PT30S",
                "RateLimit-Remaining: 1, RateLimit-Reset: 30                                   | PT0S",
                "RateLimit-Remaining: 0                                                        | PT0S",
                "RateLimit-Reset: 30                                                           | PT0S",
                "X-RateLimit-Remaining: 0, X-RateLimit-Reset: 30                               | PT30S",
                "x-ratelimit-remaining: 0, X-RATELIMIT-RESET: 0.3                              | PT0.3S",
                "X-RateLimit-Remaining: -1, X-RateLimit-Reset: 30                              | PT30S",
                "X-RateLimit-Remaining: 1, X-RateLimit-Reset: 30                               | PT0S",
                "X-RateLimit-Remaining: 0, X-RateLimit-Reset: 1795867260                       | PT59.75S",
                "X-RateLimit-Remaining: 0, X-RateLimit-Reset: 1795867260.5                     | PT1M0.25S",
                "X-RateLimit-Remaining: 0, X-RateLimit-Reset: 1795867260250                    | PT1M",
                "X-RateLimit-Remaining: 0, X-RateLimit-Reset: 1795867140                       | PT0S",
                "Date: Sat, 28 Nov 2026 11:50:00 GMT, X-RateLimit-Remaining: 0, X-RateLimit-Reset: 1795866660 | PT1M",
                "X-RateLimit-Remaining: 1, X-RateLimit-Reset: 90, X-RateLimit-Remaining: 0, X-RateLimit-Reset: 30 | PT30S",
                "X-RateLimit-Remaining: 0, X-RateLimit-Reset: 30, RateLimit: \"a\";r=0;t=60, Retry-After: 45 | PT1M",
            })
    void theLongestWaitThatIsAskedForCounts(String headers, Duration closed) {
        assertThat(closedFor(429, headers)).isEqualTo(closed);
    }

    @ParameterizedTest
    @CsvSource({"200, 0, 30", "302, 0, 30", "404, 0, 30", "413, 0, 30", "500, 0, 30", "503, 60, 60"})
    void retryAfterIsAboutThisRequestAloneUnlessTooManyOrNoneCanBeServed(int status, int alone, int withLimit) {
        assertThat(closedFor(status, "Retry-After: 60")).isEqualTo(Duration.ofSeconds(alone));
        assertThat(closedFor(status, "Retry-After: 60, RateLimit: a;r=0;t=30"))
                .isEqualTo(Duration.ofSeconds(withLimit));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Retry-After:",
                "Retry-After: soon",
                "Retry-After: -5",
                "Retry-After: 5s",
                "Retry-After: +5",
                "Retry-After: 0x10",
                "Retry-After: 1e3",
                "Retry-After: \u0665",
                "Retry-After: 5; 6",
                "Retry-After: 2026-11-28T12:01:00Z",
                "Retry-After: Sat, 31 Nov 2026 12:01:00 GMT",
                "Retry-After: Mon, 28 Nov 2026 12:01:00 GMT",
                "RateLimit:",
                "RateLimit: ;;;=#=;",
                "RateLimit: \"a",
                "RateLimit: \"a\";r;t=30",
                "RateLimit: \"a\";r=;t=30",
                "RateLimit: \"a\";r=none;t=30",
                "RateLimit: \"a\";r=0;t=soon",
                "RateLimit: \"a\";r=0;t=-5",
                "RateLimit: 0#30",
                "RateLimit: remaining=0",
                "RateLimit: remaining#reset",
                "RateLimit: \"a\";r=0, RateLimit-Policy: \"a\";w=soon",
                "RateLimit: \"a\";r=0, RateLimit-Policy: ;;",
                "X-RateLimit-Remaining: none, X-RateLimit-Reset: 30",
                "X-RateLimit-Remaining:, X-RateLimit-Reset: 30",
                "X-RateLimit-Remaining: 0, X-RateLimit-Reset: soon",
                "X-RateLimit-Remaining: 0, X-RateLimit-Reset: -30",
                "X-RateLimit-Remaining: 0, X-RateLimit-Reset: Sat#28 Nov 2026 12:01:00 GMT",
            })
    void whatMakesNoSenseSaysNothing(String headers) {
        assertThat(closedFor(429, headers)).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Retry-After: 9223372036854775807",
                "Retry-After: 9999999999999999999999999999999999999999",
                "Retry-After: Fri, 31 Dec 9999 23:59:59 GMT",
                "RateLimit: \"a\";r=-9999999999999999999999999999999999999999;t=9999999999999999999999999999999999999999",
                "X-RateLimit-Remaining: 0, X-RateLimit-Reset: 9223372036854775807",
            })
    void foreverIsAHundredYearsWhichCanBeCountedInNanoseconds(String headers) {
        assertThat(closedFor(429, headers)).isEqualTo(Duration.ofDays(36_500));
        assertThat(Duration.ofDays(36_500).toNanos()).isPositive();
    }

    @Test
    void theLongestOfAllAnswersOfABatchCountsAndWhatHasPassedSinceIsOver() throws Exception {
        FakeUpstream.Script tired = (arrival, connection) -> switch (arrival.path()) {
            case "/1" -> respond(connection, 429, "", "Retry-After: 60");
            case "/2" -> respond(connection, 200, "{}", "RateLimit: \"a\";r=0;t=30");
            default -> respond(connection, 200, "{}");
        };
        try (FakeUpstream server = new FakeUpstream(tired);
                HttpUpstream upstream = upstream(server.url("/{id}"))) {
            assertThat(outcome(upstream, 1, 2, 3).closedFor())
                    .isBetween(Duration.ofSeconds(50), Duration.ofSeconds(60).minusNanos(1));
            assertThat(outcome(upstream, 3).closedFor()).isZero();
        }
    }

    @Test
    void aHeadIsHeardEvenIfTheRestNeverComes() throws Exception {
        FakeUpstream.Script hanging = (arrival, connection) -> {
            write(connection, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nRateLimit: \"a\";r=0;t=60\r\n\r\n{");
            new CountDownLatch(1).await();
            return false;
        };
        try (FakeUpstream server = new FakeUpstream(hanging);
                HttpUpstream upstream = upstream(server.url("/{id}"), Duration.ofSeconds(1))) {
            Outcome outcome = outcome(upstream, 1);

            assertThat(outcome.ids()).hasOnlyElementsOfType(IdOutcome.Missed.class);
            assertThat(outcome.closedFor()).isBetween(Duration.ofSeconds(50), Duration.ofMillis(59_500));
        }
    }

    /** Headers, separated by commas; a number sign stands for the commas in them. */
    private static Duration closedFor(int status, String headers) {
        BasicHttpResponse answer = new BasicHttpResponse(status);
        for (String header : headers.split(",\\s(?=[A-Za-z-]+:)", -1)) {
            int colon = header.indexOf(':');
            if (colon > 0) {
                answer.addHeader(
                        header.substring(0, colon),
                        header.substring(colon + 1).strip().replace('#', ','));
            }
        }
        return new RateLimitNews(Clock.fixed(NOW, ZoneOffset.UTC)).closedFor(answer);
    }
}
