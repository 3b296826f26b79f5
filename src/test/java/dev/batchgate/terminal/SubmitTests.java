package dev.batchgate.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchgate.terminal.FakeService.Reply;
import dev.batchgate.terminal.FakeService.Request;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ids on their way from a file to the service. */
class SubmitTests {

    private static final String TEN =
            IntStream.rangeClosed(1, 10).mapToObj(Integer::toString).collect(Collectors.joining("\n"));

    /** The same ingestion for the same key, as the service has it. */
    private static Reply accept(Request request) {
        return Reply.ok("{\"ingestion_id\":\"i-%s\"}"
                .formatted(request.header("idempotency-key").substring(0, 8)));
    }

    /** Answers the nth request, counted from 1, in another way. */
    private static Function<Request, Reply> but(int nth, Reply other) {
        AtomicInteger count = new AtomicInteger();
        return request -> count.incrementAndGet() == nth ? other : accept(request);
    }

    /** Answers the first request in one way, and all others in another. */
    static Function<Request, Reply> first(Reply one, Reply others) {
        AtomicInteger count = new AtomicInteger();
        return request -> count.incrementAndGet() == 1 ? one : others;
    }

    @Test
    void aListIsSplitAndTheIdsOfItsIngestionsArePrinted() {
        try (FakeService service = new FakeService(SubmitTests::accept)) {
            Typed typed = new Typed().standardInput(TEN);

            assertThat(typed.run(service, "submit", "-", "--priority", "high", "--max-ids", "4"))
                    .isZero();

            assertThat(service.requests())
                    .extracting(Request::body)
                    .containsExactly(
                            "{\"ids\":[1,2,3,4],\"priority\":\"HIGH\"}",
                            "{\"ids\":[5,6,7,8],\"priority\":\"HIGH\"}",
                            "{\"ids\":[9,10],\"priority\":\"HIGH\"}");
            assertThat(typed.out())
                    .isEqualTo(service.keys().stream()
                            .map(key -> "i-" + key.substring(0, 8) + "\n")
                            .collect(Collectors.joining()));
            assertThat(typed.err()).contains("10 ids", "HIGH", "3 ingestions");
        }
    }

    @Test
    void theSameAgainIsTheSame(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("ids.txt"), TEN);
        try (FakeService service = new FakeService(SubmitTests::accept)) {
            Typed first = new Typed();
            Typed again = new Typed().standardInput("# another way to say it\r\n" + TEN.replace("\n", "\r\n\r\n"));
            Typed anew = new Typed();

            first.run(service, "submit", file.toString(), "--max-ids", "4");
            again.run(service, "submit", "-", "--max-ids=4", "--priority=MEDIUM");
            anew.run(service, "submit", file.toString(), "--max-ids", "4", "--key", "tuesday");

            assertThat(again.out()).isEqualTo(first.out());
            assertThat(anew.out()).isNotEqualTo(first.out());
            assertThat(service.keys().stream().distinct()).hasSize(6);
        }
    }

    @Test
    void afterAFailureInTheMiddleTheSameCommandGoesOn() {
        Typed first = new Typed().standardInput(TEN);
        try (FakeService service = new FakeService(but(2, Reply.problem(401, "Who are you?")))) {
            assertThat(first.run(service, "submit", "-", "--max-ids", "4")).isEqualTo(3);
            assertThat(first.out().lines()).hasSize(1);
            assertThat(first.err()).contains("Who are you? (HTTP status 401)", "Set BATCHGATE_API_KEY");
        }
        try (FakeService service = new FakeService(SubmitTests::accept)) {
            Typed again = new Typed().standardInput(TEN);

            assertThat(again.run(service, "submit", "-", "--max-ids", "4")).isZero();

            assertThat(again.out()).startsWith(first.out());
            assertThat(again.out().lines()).hasSize(3);
        }
    }

    @Test
    void aBrokenConnectionIsTriedAgainUnderTheSameKey() {
        try (FakeService service = new FakeService(but(2, Reply.broken()))) {
            Typed typed = new Typed().standardInput(TEN);

            assertThat(typed.run(service, "submit", "-", "--max-ids", "5")).isZero();

            assertThat(service.keys()).hasSize(3);
            assertThat(service.keys().get(2)).isEqualTo(service.keys().get(1));
            assertThat(typed.out().lines()).hasSize(2);
            assertThat(typed.time().sleeps()).containsExactly(Duration.ofMillis(500));
        }
    }

    @Test
    void retryAfterIsObeyed() {
        try (FakeService service =
                new FakeService(but(1, Reply.problem(429, "The backlog is full.", "Retry-After", "90")))) {
            Typed typed = new Typed().standardInput(TEN);

            assertThat(typed.run(service, "submit", "-")).isZero();

            assertThat(typed.time().sleeps()).containsExactly(Duration.ofSeconds(90));
            assertThat(typed.err()).contains("The backlog is full. (HTTP status 429) It asks for 1 min 30 s.");
        }
    }

    @Test
    void whatIsLongerThanThereIsPatienceIsNotWaitedFor() {
        try (FakeService service =
                new FakeService(request -> Reply.problem(503, "The service is stopping.", "Retry-After", "61"))) {
            Typed typed = new Typed().standardInput(TEN);

            assertThat(typed.run(service, "submit", "-", "--patience", "1m")).isEqualTo(4);

            assertThat(typed.time().sleeps()).isEmpty();
            assertThat(typed.err()).contains("Gave up: longer than --patience 1 min 00 s.");
        }
    }

    @Test
    void patienceEndsOnceTheServiceHasBeenAwayForSoLong() {
        Typed typed = new Typed().standardInput(TEN);
        String nobody;
        try (FakeService service = new FakeService(SubmitTests::accept)) {
            nobody = service.url();
        }

        assertThat(typed.run("submit", "-", "--patience=1m", "--url", nobody)).isEqualTo(4);

        assertThat(typed.time().sleeps().stream().reduce(Duration.ZERO, Duration::plus))
                .isEqualTo(Duration.ofMinutes(1));
        assertThat(typed.err()).containsOnlyOnce("cannot be reached");
    }

    @Test
    void aBadLineIsFoundBeforeAnythingIsSent() {
        try (FakeService service = new FakeService(SubmitTests::accept)) {
            Typed typed = new Typed().standardInput(TEN + "\neleven");

            assertThat(typed.run(service, "submit", "-", "--max-ids", "1")).isEqualTo(2);

            assertThat(service.requests()).isEmpty();
            assertThat(typed.out()).isEmpty();
            assertThat(typed.err()).contains("line 11: 'eleven'");
        }
    }

    @Test
    void whatTheServiceTakesNotSaysWhatToDo() {
        String tooMany =
                "{\"detail\":\"The request is invalid.\",\"errors\":[{\"pointer\":\"/ids\",\"detail\":\"1 to 3\"}]}";
        String tooGreat =
                "{\"detail\":\"The request is invalid.\",\"errors\":[{\"pointer\":\"/ids/1\",\"detail\":\"1 to 5\"}]}";
        for (Reply reply : new Reply[] {new Reply(400, tooMany), new Reply(413, ""), new Reply(413, "<html>")}) {
            try (FakeService service = new FakeService(request -> reply)) {
                Typed typed = new Typed().standardInput(TEN);

                assertThat(typed.run(service, "submit", "-")).isEqualTo(3);
                assertThat(typed.err()).contains("--max-ids");
            }
        }
        try (FakeService service = new FakeService(but(2, new Reply(400, tooGreat)))) {
            Typed typed = new Typed().standardInput(TEN);

            assertThat(typed.run(service, "submit", "-", "--max-ids", "5")).isEqualTo(3);
            assertThat(typed.err())
                    .contains("That is 7.", "1 of 2 ingestions had been handed in before.")
                    .doesNotContain("--max-ids");
        }
    }

    @Test
    void aClosedPipeLosesNothing() {
        OutputStream closed = new OutputStream() {
            @Override
            public void write(int one) throws IOException {
                throw new IOException("Broken pipe");
            }
        };
        try (FakeService service = new FakeService(SubmitTests::accept)) {
            Typed typed = new Typed().standardInput(TEN).into(closed);

            assertThat(typed.run(service, "submit", "-", "--max-ids", "4")).isEqualTo(4);

            assertThat(service.keys())
                    .hasSize(3)
                    .allSatisfy(key -> assertThat(typed.err()).contains("i-" + key.substring(0, 8)));
        }
    }

    @Test
    void theApiKeyGoesAlong() {
        try (FakeService service = new FakeService(SubmitTests::accept)) {
            new Typed().standardInput("1").run(service, "submit", "-");
            new Typed().standardInput("1").run(service, "submit", "-", "--api-key", "secret");
            new Typed()
                    .standardInput("1")
                    .environment(Map.of("BATCHGATE_API_KEY", "env", "BATCHGATE_URL", service.url()))
                    .run("submit", "-");

            assertThat(service.requests())
                    .extracting(request -> request.header("authorization"))
                    .containsExactly("", "Bearer secret", "Bearer env");
        }
    }
}
