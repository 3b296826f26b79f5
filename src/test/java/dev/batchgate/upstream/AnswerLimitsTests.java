package dev.batchgate.upstream;

import static dev.batchgate.FakeUpstream.write;
import static dev.batchgate.upstream.Fetching.fetch;
import static dev.batchgate.upstream.Fetching.fetchOne;
import static dev.batchgate.upstream.Fetching.respond;
import static dev.batchgate.upstream.Fetching.upstream;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.batchgate.FakeUpstream;
import dev.batchgate.ingestion.Data;
import dev.batchgate.ingestion.IdOutcome;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.util.unit.DataSize;

/** How large answers may be. */
class AnswerLimitsTests {

    @ParameterizedTest
    @CsvSource({"1B", "10B", "1MB"})
    void anAnswerMayBeAsLargeAsItsLimitAndNoLarger(DataSize limit) throws Exception {
        byte[] largest = "9".repeat((int) limit.toBytes()).getBytes(UTF_8);
        byte[] larger = "9".repeat(largest.length + 1).getBytes(UTF_8);
        FakeUpstream.Script sized = (arrival, connection) -> {
            byte[] body = arrival.path().startsWith("/1") ? largest : larger;
            if (arrival.path().endsWith("?sized")) {
                return respond(connection, body, "Content-Type: image/png");
            }
            write(connection, "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n" + new String(body, UTF_8));
            return false;
        };
        for (String query : new String[] {"?sized", "?unsized"}) {
            try (FakeUpstream server = new FakeUpstream(sized);
                    HttpUpstream upstream = upstream(
                            server.url("/{id}" + query), Fetching.settings(Fetching.GENEROUS, limit, Map.of()))) {
                assertThat(fetch(upstream, 1, 2))
                        .containsExactly(
                                new IdOutcome.Fetched(new Data(
                                        Data.Form.BINARY,
                                        "image/png",
                                        Base64.getEncoder().encodeToString(largest))),
                                new IdOutcome.Failed(
                                        "the upstream's answer is larger than batchgate.upstream.max-body allows ("
                                                + limit.toBytes() + " bytes)",
                                        200));
            }
        }
    }

    @Test
    void anEndlessAnswerEndsAtItsLimit() throws Exception {
        FakeUpstream.Script endless = (arrival, connection) -> {
            write(connection, "HTTP/1.1 200 OK\r\n\r\n");
            for (int i = 0; i < 10_000_000; i++) {
                write(connection, "x".repeat(10_000));
            }
            return false;
        };
        assertThat(fetchOne(endless)).isInstanceOf(IdOutcome.Failed.class);
    }

    @Test
    void anItemBeyondTheLimitFailsAlone() throws Exception {
        FakeUpstream.Script sized = (arrival, connection) -> FakeUpstream.respond(
                connection, 200, "[" + item(7, 100) + "," + item(8, 101) + "," + item(9, 10) + "]");
        try (FakeUpstream server = new FakeUpstream(sized);
                HttpUpstream upstream = limited(server, 100)) {
            assertThat(fetch(upstream, 7, 8, 9))
                    .containsExactly(fetched(item(7, 100)), tooLarge(100), fetched(item(9, 10)));
        }
    }

    /** Counted in bytes, each {@code ü} for two. */
    private static String item(int id, int bytes) {
        String item = "{\"id\":" + id + "}";
        return bytes < 20
                ? item
                : item.replace(
                        "}", ",\"x\":\"" + "y".repeat(bytes % 2 + 1) + "\u00fc".repeat((bytes - 16) / 2) + "\"}");
    }

    @ParameterizedTest
    @CsvSource({"300, true", "301, false"})
    void theWholeAnswerMayBeAsLargeAsAllItsIdsTogether(int size, boolean enough) throws Exception {
        String items = "[{\"id\":7},{\"id\":8},{\"id\":9}]";
        FakeUpstream.Script padded = (arrival, connection) ->
                FakeUpstream.respond(connection, 200, items + " ".repeat(size - items.length()));
        try (FakeUpstream server = new FakeUpstream(padded);
                HttpUpstream upstream = limited(server, 100)) {
            assertThat(fetch(upstream, 7, 8, 9))
                    .hasSize(3)
                    .allSatisfy(outcome ->
                            assertThat(outcome).isInstanceOf(enough ? IdOutcome.Fetched.class : IdOutcome.Failed.class))
                    .satisfies(outcomes -> assertThat(enough || outcomes.contains(tooLarge(300)))
                            .isTrue());
        }
    }

    private static HttpUpstream limited(FakeUpstream server, int bytes) {
        return upstream(
                server.url("/?ids={ids}"), Fetching.settings(Fetching.GENEROUS, DataSize.ofBytes(bytes), Map.of()));
    }

    private static IdOutcome tooLarge(int bytes) {
        return new IdOutcome.Failed(
                "the upstream's answer is larger than batchgate.upstream.max-body allows (" + bytes + " bytes)", 200);
    }

    private static IdOutcome fetched(String json) {
        return new IdOutcome.Fetched(Data.json(json));
    }
}
