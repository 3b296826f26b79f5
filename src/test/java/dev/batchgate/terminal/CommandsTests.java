package dev.batchgate.terminal;

import static dev.batchgate.terminal.FakeService.queue;
import static dev.batchgate.terminal.FakeService.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.batchgate.terminal.FakeService.Reply;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is typed, what is sent for it, and what the process ends with. */
class CommandsTests {

    @ParameterizedTest
    @CsvSource({
        "cancel a, DELETE /ingest/a, ''",
        "retry a, POST /ingest/a/retry, ''",
        "move a low, PATCH /ingest/a, '{\"priority\":\"LOW\"}'",
        "status a, GET /status/a, ''"
    })
    void anOrderIsOneCall(String typed, String sent, String body) {
        try (FakeService service = new FakeService(request -> Reply.ok(status("a", "triggered", 2, 1, 0)))) {
            Typed command = new Typed();

            assertThat(command.run(service, typed.split(" "))).isZero();
            assertThat(service.lines()).containsExactly(sent);
            assertThat(service.requests().get(0).body()).isEqualTo(body);
            assertThat(command.out()).contains("a  triggered  HIGH", "2: 1 completed, 0 failed, 0 cancelled, 1 to go");
        }
    }

    @ParameterizedTest
    @CsvSource({"queue, GET /queue", "pause, POST /queue/pause", "resume, POST /queue/resume"})
    void theGateIsSeenAndMoved(String typed, String sent) {
        try (FakeService service = new FakeService(request -> Reply.ok(queue(true, 7)))) {
            Typed command = new Typed();

            assertThat(command.run(service, typed)).isZero();
            assertThat(service.lines()).containsExactly(sent);
            assertThat(command.out()).contains("paused, a batch every 5 s", "HIGH       7 waiting");
        }
    }

    @Test
    void jsonIsHandedOnAsItIs() {
        String status = status("a", "failed", 2, 1, 1);
        try (FakeService service = new FakeService(
                request -> Reply.ok(request.path().equals("/queue") ? queue(false, 0) + "\n" : status))) {
            Typed ingestion = new Typed();
            Typed queue = new Typed();

            assertThat(ingestion.run(service, "status", "--json", "a")).isEqualTo(1);
            assertThat(queue.run(service, "queue", "--json")).isZero();
            assertThat(ingestion.out()).isEqualTo(status + "\n");
            assertThat(queue.out()).isEqualTo(queue(false, 0) + "\n");
        }
    }

    @Test
    void errorsOfBatchesAreToldAsFarAsTheyHelp() {
        String batch = "{\"status\":\"failed\",\"error\":\"id 1: \\u001b[2J gone\"}";
        String status = status("a", "failed", 8, 0, 8).replace("[]", "[" + (batch + ",").repeat(7) + batch + "]");
        try (FakeService service = new FakeService(request -> Reply.ok(status))) {
            Typed command = new Typed();

            assertThat(command.run(service, "status", "a")).isEqualTo(1);
            assertThat(command.out())
                    .contains("id 1: ?[2J gone", "and of 3 more batches")
                    .doesNotContain("\u001b");
        }
    }

    /** The second would be refused, since nothing has failed any more. */
    @Test
    void aRetryIsNotSentTwice() {
        try (FakeService service = new FakeService(request -> Reply.broken())) {
            Typed command = new Typed();

            assertThat(command.run(service, "retry", "a")).isEqualTo(4);
            assertThat(service.lines()).hasSize(1);
            assertThat(command.err()).contains("Nobody knows whether it was carried out");
        }
        try (FakeService service = new FakeService(
                SubmitTests.first(Reply.problem(503, "Stopping."), Reply.ok(status("a", "triggered", 1, 0, 0))))) {
            assertThat(new Typed().run(service, "retry", "a")).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sumbit ids.txt",
                "status",
                "status a b",
                "move a URGENT",
                "submit - --max-ids 0",
                "submit - --max-ids x",
                "submit - --nonsense",
                "results",
                "queue --url ftp://x",
                "queue --url localhost:8080",
                "queue --patience soon",
                "queue --api-key geheim€",
                "submit /no/such/file",
                "--patience 1s",
                "--server"
            })
    void whatMakesNoSenseIsExplained(String typed) {
        Typed command = new Typed().standardInput("1");

        assertThat(command.run(typed.split(" "))).isEqualTo(2);
        assertThat(command.err()).isNotBlank().doesNotContain("Exception", "\tat ");
        assertThat(command.out()).isEmpty();
    }

    @Test
    void helpIsThereForEachCommand() {
        for (String command : new String[] {"submit", "follow", "status", "results", "queue", "retry", "move"}) {
            assertThat(new Typed().run(command, "--help")).isZero();
        }
        assertThat(new Typed().run("--version")).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"<html>hello</html>", "[]", "", "{}", "{\"status\":1}", "{\"paused\":true}"})
    void anotherServerIsNotTakenForBatchgate(String body) {
        try (FakeService service = new FakeService(request -> Reply.ok(body))) {
            for (String typed : new String[] {"status a", "queue", "pause", "follow a", "submit -"}) {
                Typed command = new Typed().standardInput("1");

                assertThat(command.run(service, typed.split(" "))).isEqualTo(3);
                assertThat(command.err()).contains("not Batchgate's");
            }
        }
    }

    @Test
    void theApiKeyIsNotTakenElsewhere() {
        try (FakeService elsewhere = new FakeService(request -> Reply.ok(queue(false, 0)));
                FakeService service =
                        new FakeService(request -> new Reply(307, "", "Location", elsewhere.url() + request.path()))) {
            Typed command = new Typed();

            assertThat(command.run(service, "queue", "--api-key", "secret")).isEqualTo(3);
            assertThat(command.err())
                    .contains("redirects to " + elsewhere.url())
                    .doesNotContain("secret");
            assertThat(elsewhere.requests()).isEmpty();
        }
    }

    @Test
    void wordsAreForTheClientAndSettingsForTheService() {
        assertThat(Terminal.isMeant("submit", "ids.txt")).isTrue();
        assertThat(Terminal.isMeant("sumbit")).isTrue();
        assertThat(Terminal.isMeant("--help")).isTrue();
        assertThat(Terminal.isMeant("--url=http://localhost", "queue")).isTrue();
        assertThat(Terminal.isMeant()).isFalse();
        assertThat(Terminal.isMeant("")).isFalse();
        assertThat(Terminal.isMeant("--server.port=8081")).isFalse();
        assertThat(Terminal.isMeant("--batchgate.interval=1s", "word")).isFalse();
        assertThat(Terminal.isMeant("--debug")).isFalse();
    }
}
