package dev.batchgate.upstream;

import static dev.batchgate.FakeUpstream.write;
import static dev.batchgate.upstream.Fetching.fetchOne;
import static org.assertj.core.api.Assertions.assertThat;

import dev.batchgate.FakeUpstream;
import dev.batchgate.ingestion.Data;
import dev.batchgate.ingestion.IdOutcome;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where an answer ends, and whether that was meant. */
class AnswerEndsTests {

    private static final String JSON = "Content-Type: application/json";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 204 No Content\r\n\r\n",
                "HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nContent-Type: application/json\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nContent-Type: image/png\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n000;a=b\r\nTrailer: x\r\n\r\n",
                "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n",
                "HTTP/1.0 200 OK\r\n\r\n",
            })
    void noContentIsNull(String raw) throws Exception {
        assertThat(fetchOne((arrival, connection) -> {
                    write(connection, raw);
                    return false;
                }))
                .isEqualTo(new IdOutcome.Fetched(Data.NONE));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1;x=y\r\n}\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 9\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}HTTP/1.1 500 Splitting\r\n\r\n",
                "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
                "HTTP/1.1 200\r\n\r\n{}",
                "HTTP/1.0 200 OK\nContent-Type: application/json\n\n{}",
                "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Type: application/json\r\n\r\n",
            })
    void aBodyIsReadHoweverItIsSent(String raw) throws Exception {
        IdOutcome outcome = fetchOne((arrival, connection) -> {
            write(connection, raw);
            return false;
        });
        assertThat(outcome).isInstanceOf(IdOutcome.Fetched.class);
    }

    /** Where nothing says how long the body is, only the JSON itself can tell that the upstream broke down. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "\ufeff",
                "[",
                "[[1],",
                "[1.",
                "[-",
                "[1e",
                "[tr",
                "\"cut",
                "[\"\\",
                "{\"a\"",
                "{\"a\":",
                "{\"a\":1,",
            })
    void jsonThatEndsWithTheConnectionTooEarlyIsMissed(String body) throws Exception {
        FakeUpstream.Script closing = (arrival, connection) -> {
            write(connection, "HTTP/1.1 200 OK\r\n" + JSON + "\r\n\r\n" + body);
            return false;
        };
        assertThat(fetchOne(closing))
                .isEqualTo(new IdOutcome.Missed(
                        "the upstream closed the connection in the middle of its answer", 200, true));
    }

    @ParameterizedTest
    @ValueSource(strings = {"[1,x", "[1,]", "<html>", "{} {", "1 tru"})
    void whatIsNoJsonAnywayIsText(String body) throws Exception {
        FakeUpstream.Script closing = (arrival, connection) -> {
            write(connection, "HTTP/1.1 200 OK\r\n" + JSON + "\r\n\r\n" + body);
            return false;
        };
        assertThat(fetchOne(closing))
                .isEqualTo(new IdOutcome.Fetched(new Data(Data.Form.TEXT, "application/json", body)));
    }
}
