package dev.batchgate.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchgate.FakeUpstream;
import dev.batchgate.terminal.FakeService.Reply;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Results on their way to a file: whole, or with an error. */
class ResultsTests {

    private static final String HEAD = "HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\n";
    private static final String LINE = "{\"id\":1,\"status\":\"pending\"}\n";
    private static final String CHUNK = "%x\r\n%s\r\n".formatted(LINE.length(), LINE);

    private static FakeUpstream sending(String raw) {
        return new FakeUpstream((arrival, connection) -> {
            FakeUpstream.write(connection, raw);
            return false;
        });
    }

    @Test
    void severalComeOneAfterTheOther() {
        try (FakeService service = new FakeService(request -> Reply.ok("\"" + request.path() + "\"\n"))) {
            Typed typed = new Typed();

            assertThat(typed.run(service, "results", "a", "b c")).isZero();
            assertThat(typed.out()).isEqualTo("\"/results/a\"\n\"/results/b%20c\"\n");
            assertThat(typed.err()).isEmpty();
        }
    }

    @Test
    void anAnswerThatEndsIsWhole() throws Exception {
        try (FakeUpstream service =
                sending(HEAD + "Transfer-Encoding: chunked\r\n\r\n" + CHUNK + CHUNK + "0\r\n\r\n")) {
            Typed typed = new Typed();

            assertThat(typed.run("results", "a", "--url", service.url(""))).isZero();
            assertThat(typed.out()).isEqualTo(LINE + LINE);
        }
    }

    @Test
    void oneThatIsBrokenOffIsNot() throws Exception {
        for (String cut : new String[] {
            HEAD + "Transfer-Encoding: chunked\r\n\r\n" + CHUNK,
            HEAD + "Transfer-Encoding: chunked\r\n\r\n" + CHUNK + "1",
            HEAD + "Content-Length: 1000\r\n\r\n" + LINE,
        }) {
            try (FakeUpstream service = sending(cut)) {
                Typed typed = new Typed();

                assertThat(typed.run("results", "a", "--url", service.url(""))).isEqualTo(4);
                assertThat(typed.err()).contains("The results of a were broken off");
                assertThat(service.log()).hasSize(1);
            }
        }
    }

    @Test
    void oneThatDoesNotSayWhereItEndsIsNotTrusted() throws Exception {
        try (FakeUpstream service = sending(HEAD + "\r\n" + LINE)) {
            Typed typed = new Typed();

            assertThat(typed.run("results", "a", "--url", service.url(""))).isEqualTo(4);
            assertThat(typed.err()).contains("Nobody knows whether the results of a are whole");
        }
    }

    @Test
    void oneThatFallsSilentIsGivenUp() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        try (FakeUpstream service = new FakeUpstream((arrival, connection) -> {
            FakeUpstream.write(connection, HEAD + "Content-Length: 1000\r\n\r\n" + LINE);
            over.await();
            return false;
        })) {
            Typed typed = new Typed();

            assertThat(typed.silence(Duration.ofMillis(50)).run("results", "a", "--url", service.url("")))
                    .isEqualTo(4);
            assertThat(typed.out()).isEqualTo(LINE);
            over.countDown();
        }
    }

    @Test
    void whatIsNotThereYetIsAskedForAgain() {
        try (FakeService service = new FakeService(SubmitTests.first(Reply.broken(), Reply.ok(LINE)))) {
            Typed typed = new Typed();

            assertThat(typed.run(service, "results", "a")).isZero();
            assertThat(typed.out()).isEqualTo(LINE);
        }
    }

    @Test
    void anErrorIsNoResult() {
        try (FakeService service = new FakeService(request -> Reply.problem(404, "There is no such ingestion."))) {
            Typed typed = new Typed();

            assertThat(typed.run(service, "results", "a")).isEqualTo(3);
            assertThat(typed.out()).isEmpty();
        }
    }

    @Test
    void whoHasReadEnoughIsNotTold() {
        OutputStream closed = new OutputStream() {
            @Override
            public void write(int one) throws IOException {
                throw new IOException("Broken pipe");
            }
        };
        try (FakeService service = new FakeService(request -> Reply.ok(LINE))) {
            Typed typed = new Typed().into(closed);

            assertThat(typed.run(service, "results", "a")).isEqualTo(4);
            assertThat(typed.err()).isEmpty();
        }
    }
}
