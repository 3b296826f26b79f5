package dev.batchgate.terminal;

import static dev.batchgate.terminal.FakeService.queue;
import static dev.batchgate.terminal.FakeService.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.batchgate.terminal.FakeService.Reply;
import dev.batchgate.terminal.FakeService.Request;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** The wait for ingestions to end. */
class FollowTests {

    private static final String WAITS = "Preference-Applied";

    /** Tells one after the other of the only ingestion, the last again and again; and of the queue always the same. */
    private static Function<Request, Reply> telling(String queue, Reply... course) {
        AtomicInteger next = new AtomicInteger();
        return request -> request.path().equals("/queue")
                ? Reply.ok(queue)
                : course[Math.min(next.getAndIncrement(), course.length - 1)];
    }

    private static Reply known(String tag, String status) {
        return Reply.ok(status, "ETag", tag, WAITS, "wait=20");
    }

    @Test
    void itIsWaitedForToTheEnd() {
        try (FakeService service = new FakeService(telling(
                queue(false, 4),
                known("\"1\"", status("a", "yet_to_start", 4, 0, 0)),
                known("\"2\"", status("a", "triggered", 4, 1, 0)),
                new Reply(304, "", WAITS, "wait=20"),
                known("\"3\"", status("a", "completed", 4, 4, 0))))) {
            Typed typed = new Typed();

            assertThat(typed.run(service, "follow", "a")).isZero();

            List<Request> asked = service.requests("GET /status/a");
            assertThat(asked)
                    .extracting(each -> each.header("if-none-match"))
                    .containsExactly("", "\"1\"", "\"2\"", "\"2\"");
            assertThat(asked)
                    .extracting(each -> each.header("prefer"))
                    .containsExactly("", "wait=20", "wait=20", "wait=20");
            // However often it changes, it is not asked about more than once a second.
            assertThat(typed.time().sleeps()).containsExactly(Duration.ofSeconds(1), Duration.ofSeconds(1));
            assertThat(typed.err()).contains("0 of 4 batches  about 20 s left").endsWith("all 4 batches completed.\n");
            assertThat(typed.out()).isEmpty();
        }
    }

    @Test
    void whatFailedIsSaidAndShowsInTheExitCode() {
        for (Reply end : new Reply[] {
            Reply.ok(status("a", "failed", 4, 3, 1)),
            Reply.ok(status("a", "cancelled", 4, 3, 0).replace("\"cancelled\":0", "\"cancelled\":1"))
        }) {
            try (FakeService service = new FakeService(telling(queue(false, 0), end))) {
                Typed typed = new Typed();

                assertThat(typed.run(service, "follow", "a")).isEqualTo(1);
                assertThat(typed.err()).containsPattern("3 of 4 batches completed, 1 (failed|cancelled)\\.");
            }
        }
    }

    @Test
    void severalAreFollowedAsOne() {
        AtomicInteger looks = new AtomicInteger();
        try (FakeService service = new FakeService(request -> switch (request.path()) {
            case "/queue" -> Reply.ok(queue(false, 2));
            case "/status/a" -> Reply.ok(status("a", "completed", 2, 2, 0));
            default ->
                looks.incrementAndGet() < 3
                        ? Reply.ok(status("b", "triggered", 2, 1, 0))
                        : Reply.ok(status("b", "failed", 2, 1, 1));
        })) {
            Typed typed = new Typed();

            assertThat(typed.run(service, "follow", "a", "b")).isEqualTo(1);
            assertThat(typed.err()).contains("3 of 4 batches", "2 ingestions: 3 of 4 batches completed, 1 failed.");
            // A service that does not wait is asked less often.
            assertThat(typed.time().sleeps()).containsExactly(Duration.ofSeconds(5));
        }
    }

    @Test
    void whatIsNoTerminalGetsLinesNowAndThen() {
        Reply[] course = new Reply[100];
        for (int each = 0; each < course.length; each++) {
            course[each] = known("\"" + each + "\"", status("a", each < 99 ? "triggered" : "completed", 99, each, 0));
        }
        try (FakeService service = new FakeService(telling(queue(true, 0), course))) {
            Typed typed = new Typed();

            assertThat(typed.run(service, "follow", "a")).isZero();

            assertThat(typed.err()).doesNotContain("\r", "\u001b");
            assertThat(typed.err().lines()).hasSizeBetween(4, 8);
        }
    }

    @Test
    void aTerminalGetsOneLineThatMoves() {
        try (FakeService service = new FakeService(telling(
                queue(true, 0),
                known("\"1\"", status("a", "triggered", 4, 2, 0)),
                Reply.problem(503, "Stopping."),
                known("\"2\"", status("a", "completed", 4, 4, 0))))) {
            Typed typed = new Typed().onTerminal();

            assertThat(typed.run(service, "follow", "a")).isZero();

            assertThat(typed.err())
                    .contains("[============            ] 2 of 4 batches  paused")
                    .contains("\r\u001b[KStopping. (HTTP status 503)")
                    .contains("\r\u001b[K[========================] 4 of 4 batches\nall 4 batches completed.\n");
        }
    }

    @Test
    void theServicesOwnForecastGoesBeforeAnyOther() {
        String end =
                ",\"estimated_completion_at\":\"%s\"".formatted(Instant.now().plus(Duration.ofDays(2)));
        try (FakeService service = new FakeService(telling(
                queue(false, 4),
                Reply.ok(status("a", "triggered", 4, 1, 0, end)),
                Reply.ok(status("a", "completed", 4, 4, 0))))) {
            Typed typed = new Typed();

            assertThat(typed.run(service, "follow", "a")).isZero();
            assertThat(typed.err()).containsPattern("about (2 d 00|1 d 23) h left");
        }
    }

    @Test
    void whoMayNotSeeTheQueueIsToldNoNonsense() {
        try (FakeService service = new FakeService(request -> request.path().equals("/queue")
                ? Reply.problem(403, "Not yours.")
                : Reply.ok(status("a", "completed", 1, 1, 0)))) {
            assertThat(new Typed().run(service, "follow", "a")).isZero();
        }
    }

    @Test
    void whatIsGoneIsNotWaitedFor() {
        try (FakeService service = new FakeService(telling(
                queue(false, 0),
                Reply.ok(status("a", "triggered", 4, 1, 0)),
                Reply.problem(404, "There is no ingestion with the id a.")))) {
            Typed typed = new Typed();

            assertThat(typed.run(service, "follow", "a")).isEqualTo(3);
            assertThat(typed.err()).endsWith("There is no ingestion with the id a. (HTTP status 404)\n");
        }
    }

    @Test
    void aSubmissionIsFollowedAtOnce() {
        try (FakeService service = new FakeService(request -> switch (request.path()) {
            case "/ingest" -> Reply.ok("{\"ingestion_id\":\"a\"}");
            case "/queue" -> Reply.ok(queue(false, 0));
            default -> Reply.ok(status("a", "failed", 2, 1, 1));
        })) {
            Typed typed = new Typed().standardInput("1\n2\n3\n4\n");

            assertThat(typed.run(service, "submit", "-", "--follow")).isEqualTo(1);
            assertThat(typed.out()).isEqualTo("a\n");
        }
    }
}
