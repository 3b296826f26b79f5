package dev.batchgate.results;

import static dev.batchgate.results.FakeStore.page;
import static org.assertj.core.api.Assertions.assertThat;

import dev.batchgate.ingestion.BatchState;
import dev.batchgate.ingestion.Data;
import dev.batchgate.ingestion.IdOutcome;
import dev.batchgate.ingestion.Ids;
import dev.batchgate.ingestion.Results;
import dev.batchgate.ingestion.Unavailable;
import java.io.EOFException;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Answers that cannot be gone on with once they have begun, byte by byte. */
@ResultsServed
class BrokenOffTests {

    /** More than waits to be sent together with what follows. */
    private static final IdOutcome LARGE = new IdOutcome.Fetched(Data.json("\"" + "x".repeat(20_000) + "\""));

    static final List<Named<Supplier<Optional<Results.Page>>>> FAILURES = List.of(
            Named.of("the ingestion expires", Optional::empty),
            Named.of("the store fails", () -> {
                throw new Unavailable("The store cannot be read.", Duration.ofSeconds(1));
            }),
            Named.of("the store loses a connection of its own", () -> {
                SocketException lost = new SocketException("Connection reset by peer");
                throw new Unavailable("The store cannot be read.", Duration.ofSeconds(1), lost);
            }),
            Named.of("a file ends early", () -> {
                throw new IllegalStateException(new EOFException());
            }),
            Named.of("memory runs out", () -> {
                throw new OutOfMemoryError("as a test wants it");
            }),
            Named.of("a page leads nowhere", () -> page(1)));

    @LocalServerPort
    private int port;

    @Autowired
    private FakeStore store;

    @ParameterizedTest
    @FieldSource("FAILURES")
    void anAnswerThatHasBegunIsNotEndedAsIfItWereWhole(Supplier<Optional<Results.Page>> failure) throws Exception {
        String id = store.add(
                Ids.of(1, 2), List.of(BatchState.YET_TO_START), from -> from == 0 ? page(from, LARGE) : failure.get());

        for (String accept : List.of("application/x-ndjson", "application/json")) {
            try (Client client = new Client(port, id, accept)) {
                assertThat(client.readToTheEnd())
                        .startsWith("HTTP/1.1 200 ")
                        .contains("Transfer-Encoding: chunked", "{\"id\":1,\"status\":\"completed\"")
                        .doesNotContain("\"id\":2", "Exception", "about:blank")
                        .doesNotEndWith(Client.END);
            }
        }
    }

    @Test
    void anAnswerThatIsWholeEnds() throws Exception {
        String id = store.add(Ids.of(1, 2), List.of(BatchState.YET_TO_START), from -> page(from, LARGE));

        try (Client client = new Client(port, id, "*/*", "Connection: close\r\n")) {
            assertThat(client.readToTheEnd()).startsWith("HTTP/1.1 200 ").endsWith("}\n" + Client.END);
        }
    }
}
