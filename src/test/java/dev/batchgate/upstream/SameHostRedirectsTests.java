package dev.batchgate.upstream;

import static dev.batchgate.FakeUpstream.respond;
import static dev.batchgate.upstream.Fetching.batch;
import static dev.batchgate.upstream.Fetching.fetch;
import static dev.batchgate.upstream.Fetching.outcome;
import static dev.batchgate.upstream.Fetching.upstream;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.batchgate.FakeUpstream;
import dev.batchgate.ingestion.Data;
import dev.batchgate.ingestion.IdOutcome;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.message.BasicHttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.unit.DataSize;

class SameHostRedirectsTests {

    private static final IdOutcome FETCHED = new IdOutcome.Fetched(Data.json("{\"found\":true}"));

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void aRedirectWithinTheHostIsFollowedWithAllHeaders(int status) throws Exception {
        FakeUpstream.Script moved = (arrival, connection) -> arrival.path().startsWith("/old")
                ? respond(
                        connection,
                        status,
                        "moved",
                        "Location: /new" + arrival.path().substring(4))
                : respond(connection, 200, "{\"found\":true}");
        try (FakeUpstream server = new FakeUpstream(moved);
                HttpUpstream upstream = upstream(
                        server.url("/old/{id}"),
                        Fetching.settings(
                                Fetching.GENEROUS,
                                DataSize.ofMegabytes(1),
                                Map.of("Authorization", "Bearer s3cret", "X-Team", "blue")))) {
            assertThat(fetch(upstream, 7)).containsExactly(FETCHED);

            assertThat(server.paths()).containsExactly("/old/7", "/new/7");
            assertThat(server.log().get(1).headers())
                    .containsEntry("authorization", "Bearer s3cret")
                    .containsEntry("x-team", "blue")
                    .containsEntry("user-agent", "batchgate")
                    .isEqualTo(server.log().get(0).headers())
                    .containsKey("idempotency-key");
        }
    }

    @Test
    void theRequestForABatchIsRedirectedToo() throws Exception {
        FakeUpstream.Script moved = (arrival, connection) -> arrival.path().startsWith("/old")
                ? respond(connection, 301, "", "Location: /new" + arrival.path().substring(4))
                : respond(connection, 200, "[{\"id\":8},{\"id\":7}]");
        try (FakeUpstream server = new FakeUpstream(moved);
                HttpUpstream upstream = upstream(server.url("/old?ids={ids}"))) {
            assertThat(fetch(upstream, 7, 8)).hasOnlyElementsOfType(IdOutcome.Fetched.class);
            assertThat(server.paths()).containsExactly("/old?ids=7,8", "/new?ids=7,8");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/b?x=1, /b?x=1",
        "c, /a/c",
        "../c, /c",
        "?page=2, /a/1?page=2",
        "./1/, /a/1/",
        "/a%2Fb?q=a%20b+c&z=%C3%BC, /a%2Fb?q=a%20b+c&z=%C3%BC",
        "/b#part, /b",
        "//{authority}/b, /b",
        "http://{authority}/b, /b",
        "HTTP://{authority}, /",
    })
    void itLeadsWhereALinkWould(String location, String path) throws Exception {
        FakeUpstream[] self = new FakeUpstream[1];
        FakeUpstream.Script moved = (arrival, connection) -> arrival.path().equals("/a/1")
                ? respond(connection, 302, "", "Location: " + location.replace("{authority}", authority(self[0])))
                : respond(connection, 200, "{\"found\":true}");
        try (FakeUpstream server = new FakeUpstream(moved);
                HttpUpstream upstream = upstream(server.url("/a/{id}"))) {
            self[0] = server;
            assertThat(fetch(upstream, 1)).containsExactly(FETCHED);
            assertThat(server.paths()).containsExactly("/a/1", path);
        }
    }

    @Test
    void fiveInARowAreFollowedEachSeenFromTheOneBefore() throws Exception {
        assertThat(inARow(5)).containsExactly(FETCHED);
        assertThat(inARow(6))
                .satisfiesExactly(last -> assertThat(last).isInstanceOfSatisfying(IdOutcome.Failed.class, failed -> {
                    assertThat(failed.httpStatus()).isEqualTo(302);
                    assertThat(failed.reason())
                            .startsWith("the upstream answered with HTTP status 302, a redirect, ")
                            .contains("batchgate.upstream.url");
                }));
    }

    private static List<IdOutcome> inARow(int redirects) throws Exception {
        FakeUpstream.Script on =
                (arrival, connection) -> (arrival.path().length() - "/1".length()) / "/a".length() < redirects
                        ? respond(connection, 302, "", "Location: a/1")
                        : respond(connection, 200, "{\"found\":true}");
        try (FakeUpstream server = new FakeUpstream(on);
                HttpUpstream upstream = upstream(server.url("/{id}"))) {
            List<IdOutcome> outcomes = fetch(upstream, 1);
            assertThat(server.paths()).hasSize(6).last().isEqualTo("/a/a/a/a/a/1");
            return outcomes;
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://localhost:{port}/s3cret",
                "//localhost:{port}/s3cret",
                "https://127.0.0.1:{port}/s3cret",
                "http://127.0.0.1/s3cret",
                "http://127.0.0.1:1/s3cret",
                "http://127.0.0.1:{port}0/s3cret",
                "http://user:s3cret@127.0.0.1:{port}/",
                "ftp://127.0.0.1:{port}/s3cret",
                "http:s3cret",
                "http:///s3cret",
                "mailto:s3cret@127.0.0.1",
                "http://127.0.0.1:{port}/s3cret/%",
                "http://127.0.0.1:{port}/s3cret here",
                "/1",
                "http://127.0.0.1:{port}/1",
                "http://[::1/s3cret",
                "",
                "\u0001s3cret",
                "\u00fc\ud83d\ude00:s3cret",
            })
    void noOtherRedirectIsFollowedAndWhereItLeadsIsNotShown(String location) throws Exception {
        String[] port = new String[1];
        FakeUpstream.Script away = (arrival, connection) -> arrival.path().equals("/1")
                ? respond(connection, 307, "s3cret", "Location: " + location.replace("{port}", port[0]))
                : respond(connection, 200, "{}");
        try (FakeUpstream server = new FakeUpstream(away);
                HttpUpstream upstream = upstream(server.url("/{id}"))) {
            port[0] = authority(server).substring("127.0.0.1:".length());

            assertThat(fetch(upstream, 1).get(0)).isInstanceOfSatisfying(IdOutcome.Failed.class, failed -> {
                assertThat(failed.httpStatus()).isEqualTo(307);
                assertThat(failed.reason()).contains("batchgate.upstream.url").doesNotContain("s3cret");
            });
            assertThat(server.paths()).containsExactly("/1");
        }
    }

    @Test
    void whatLeadsInACircleIsNotFollowedBack() throws Exception {
        FakeUpstream.Script circle = (arrival, connection) -> respond(
                connection, 302, "", "Location: " + (arrival.path().equals("/3") ? "/2" : "/" + next(arrival.path())));
        try (FakeUpstream server = new FakeUpstream(circle);
                HttpUpstream upstream = upstream(server.url("/{id}"))) {
            assertThat(fetch(upstream, 1)).hasOnlyElementsOfType(IdOutcome.Failed.class);
            assertThat(server.paths()).containsExactly("/1", "/2", "/3");
        }
    }

    private static int next(String path) {
        return Integer.parseInt(path.substring(1)) + 1;
    }

    @ParameterizedTest
    @ValueSource(ints = {300, 304, 305, 306, 399})
    void whatIsNoRedirectIsNotFollowed(int status) throws Exception {
        IdOutcome failed = new IdOutcome.Failed("the upstream answered with HTTP status " + status, status);
        FakeUpstream.Script choices = (arrival, connection) -> respond(connection, status, "", "Location: /2");
        try (FakeUpstream server = new FakeUpstream(choices);
                HttpUpstream upstream = upstream(server.url("/{id}"))) {
            assertThat(fetch(upstream, 1)).containsExactly(failed);
            assertThat(server.paths()).containsExactly("/1");
        }
    }

    @Test
    void aRedirectWithoutALocationLeadsNowhere() throws Exception {
        assertThat(Fetching.fetchOne((arrival, connection) -> respond(connection, 302, "")))
                .isInstanceOf(IdOutcome.Failed.class);
    }

    @Test
    void whatItLeadsToIsWhatCounts() throws Exception {
        FakeUpstream.Script gone = (arrival, connection) -> arrival.path().equals("/1")
                ? respond(connection, 302, "", "Location: /2")
                : respond(connection, 410, "");
        assertThat(Fetching.fetchOne(gone))
                .isEqualTo(new IdOutcome.Failed("the upstream answered with HTTP status 410", 410));
    }

    @Test
    void itHasDepartedWithTheFirstRequestAndHasOneTimeoutForAll() throws Exception {
        CountDownLatch hopped = new CountDownLatch(1);
        FakeUpstream.Script hanging = (arrival, connection) -> {
            if (arrival.path().equals("/1")) {
                return respond(connection, 302, "", "Location: /2");
            }
            hopped.countDown();
            new CountDownLatch(1).await();
            return false;
        };
        try (FakeUpstream server = new FakeUpstream(hanging);
                HttpUpstream upstream = upstream(server.url("/{id}"), Duration.ofSeconds(1))) {
            long[] departed = new long[1];
            long before = System.nanoTime();
            List<IdOutcome> outcomes = upstream.fetch(batch(1), () -> departed[0] = System.nanoTime())
                    .toCompletableFuture()
                    .get(5, TimeUnit.SECONDS)
                    .ids();

            assertThat(System.nanoTime() - before)
                    .isLessThan(Duration.ofSeconds(3).toNanos());
            assertThat(hopped.getCount()).isZero();
            assertThat(departed[0] - server.log().get(1).nanos()).isNegative();
            assertThat(outcomes).containsExactly(new IdOutcome.Missed("no complete answer within 1000 ms", null, true));
        }
    }

    @Test
    void whatIsGivenUpOnIsNotRedirectedAnyMore() throws Exception {
        CountDownLatch givenUp = new CountDownLatch(1);
        CountDownLatch answered = new CountDownLatch(1);
        FakeUpstream.Script late = (arrival, connection) -> {
            givenUp.await();
            try {
                return respond(connection, 302, "", "Location: /2");
            } finally {
                answered.countDown();
            }
        };
        try (FakeUpstream server = new FakeUpstream(late);
                HttpUpstream upstream = upstream(server.url("/{id}"), Duration.ofMillis(200))) {
            assertThat(fetch(upstream, 1)).hasOnlyElementsOfType(IdOutcome.Missed.class);
            givenUp.countDown();
            answered.await();

            await().during(Duration.ofMillis(200)).until(() -> server.paths().equals(List.of("/1")));
        }
    }

    @Test
    void whatItSaysAboutTheRateLimitIsHeard() throws Exception {
        FakeUpstream.Script last = (arrival, connection) -> arrival.path().equals("/1")
                ? respond(connection, 302, "", "Location: /2", "RateLimit: \"a\";r=0;t=60")
                : respond(connection, 200, "{}", "RateLimit: \"a\";r=0;t=50");
        try (FakeUpstream server = new FakeUpstream(last);
                HttpUpstream upstream = upstream(server.url("/{id}"))) {
            assertThat(outcome(upstream, 1).closedFor()).isBetween(Duration.ofSeconds(55), Duration.ofSeconds(60));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "https://api.example/1, https://API.example:443/2, true",
        "https://api.example:443/1, https://api.example/2, true",
        "http://api.example/1, http://api.example:80/2, true",
        "https://api.example/1, http://api.example:443/2, false",
        "http://api.example/1, https://api.example/2, false",
        "https://api.example/1, https://api.example:8443/2, false",
        "https://api.example/1, https://sub.api.example/2, false",
        "https://api.example/1, https://api.example.evil/2, false",
        "https://api.example/1, https://api.example@evil/2, false",
        "https://api.example/1, https:\\\\evil/2, false",
        "http://[::1]:80/1, http://[::1]/2, true",
        "http://[::1]/1, http://[::2]/2, false",
    })
    void theHostIsTheSameIfSchemeNameAndPortAre(String first, String location, boolean followed) throws Exception {
        HttpGet request = new HttpGet(first);
        HttpClientContext context = HttpClientContext.create();
        context.setRequest(request);
        BasicHttpResponse answer = new BasicHttpResponse(302);
        answer.setHeader("Location", location);

        assertThat(new SameHostRedirects().isRedirected(request, answer, context))
                .isEqualTo(followed);
    }

    private static String authority(FakeUpstream server) {
        return server.url("").substring("http://".length());
    }
}
