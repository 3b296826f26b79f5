package dev.batchgate.upstream;

import static dev.batchgate.FakeUpstream.respond;
import static dev.batchgate.FakeUpstream.write;
import static dev.batchgate.upstream.Fetching.fetch;
import static dev.batchgate.upstream.Fetching.fetchTogether;
import static dev.batchgate.upstream.Fetching.upstream;
import static org.assertj.core.api.Assertions.assertThat;

import dev.batchgate.FakeUpstream;
import dev.batchgate.ingestion.Data;
import dev.batchgate.ingestion.IdOutcome;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is found for each of the ids 7, 8 and 9 in one answer for them all. */
class BatchAnswerTests {

    private static final IdOutcome MISSED = new IdOutcome.Missed("the upstream's answer does not hold it", 200, true);
    private static final IdOutcome NOT_JSON =
            new IdOutcome.Failed("the upstream's answer is not JSON that can be read", 200);
    private static final IdOutcome UNMATCHED = new IdOutcome.Failed(
            "the upstream's answer cannot be matched: not all that it holds is objects with an id", 200);

    private static volatile FakeUpstream.Script script = (arrival, connection) -> false;
    private static FakeUpstream server;
    private static HttpUpstream upstream;

    @BeforeAll
    static void start() {
        server = new FakeUpstream((arrival, connection) -> script.answer(arrival, connection));
        upstream = upstream(server.url("/?ids={ids}"));
    }

    @AfterAll
    static void stop() throws Exception {
        upstream.close();
        server.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[{\"id\":7,\"v\":1.0E400},{\"id\":8,\"v\":123456789012345678901234567890},{\"v\":{\"z\":1,\"a\":0.10},\"id\":\"9\"}]",
                "\ufeff \r\n[ {\"id\":7,\"v\":1.0E400} , {\"id\":8,\"v\":123456789012345678901234567890}\n,\t{\"v\":{\"z\":1,\"a\":0.10},\"id\":\"9\"} ]\n",
                "{\"id\":7,\"v\":1.0E400}\n{\"id\":8,\"v\":123456789012345678901234567890}\n{\"v\":{\"z\":1,\"a\":0.10},\"id\":\"9\"}\n",
                "{\"id\":7,\"v\":1.0E400}{\"id\":8,\"v\":123456789012345678901234567890}\r\n\r\n \t{\"v\":{\"z\":1,\"a\":0.10},\"id\":\"9\"}",
                "{\"7\":{\"id\":7,\"v\":1.0E400},\"8\":{\"id\":8,\"v\":123456789012345678901234567890},\"9\":{\"v\":{\"z\":1,\"a\":0.10},\"id\":\"9\"}}",
                "{\"meta\":[{\"id\":9}],\"7\" : {\"id\":7,\"v\":1.0E400} ,\n\"8\"\n:\n{\"id\":8,\"v\":123456789012345678901234567890},\"\\u0039\":{\"v\":{\"z\":1,\"a\":0.10},\"id\":\"9\"} }",
                "{\"id\":7,\"v\":1.0E400}\n[{\"id\":8,\"v\":123456789012345678901234567890}]{\"9\":{\"v\":{\"z\":1,\"a\":0.10},\"id\":\"9\"}}",
            })
    void eachIdGetsItsItemExactlyAsItWasSent(String body) throws Exception {
        for (String type : new String[] {"application/json", "application/x-ndjson", "text/plain", "image/png", ""}) {
            script = (arrival, connection) -> respond(connection, 200, body, "Content-Type: " + type);
            assertThat(fetch(upstream, 9, 7, 8, 7))
                    .containsExactly(
                            fetched("{\"v\":{\"z\":1,\"a\":0.10},\"id\":\"9\"}"),
                            fetched("{\"id\":7,\"v\":1.0E400}"),
                            fetched("{\"id\":8,\"v\":123456789012345678901234567890}"),
                            fetched("{\"id\":7,\"v\":1.0E400}"));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'7':1.0E400,'8':-0,'9':'x'}                       | 1.0E400    | -0   | 'x'",
                "{'7':null,'8':[ 1 , 2 ] ,'9':true}                 | null       | [ 1 , 2 ] | true",
                "{'7':'[{\\'}','8':{},'9':[]}                       | '[{\\'}'   | {}   | []",
                "{'7': 12345678901234567890.10 ,'8':1 ,'9':false }  | 12345678901234567890.10 | 1 | false",
                "{'7':1,'7':2,'8':1,'9':1,'8':2}                    | 1          | 1    | 1",
            })
    void anObjectKeyedByIdMayHoldAnything(String body, String seven, String eight, String nine) throws Exception {
        assertThat(outcomes(json(body)))
                .containsExactly(fetched(json(seven)), fetched(json(eight)), fetched(json(nine)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[{'id':8,'x':1},{'id':8,'x':2},{'id':'8'}]",
                "[{'id':77},{'id':8,'x':1},{'id':70},{'id':-7},{'id':'07'},{'id':0},{'id':99999999999999999999999}]",
                "{'id':8,'x':1}",
                "{'8':{'id':8,'x':1}}",
                "{'8':{'id':8,'x':1},'10':{},'total':3}",
            })
    void whatIsNotThereIsMissedAndWhatNobodyAskedForIgnored(String body) throws Exception {
        assertThat(outcomes(json(body))).containsExactly(MISSED, fetched(json("{'id':8,'x':1}")), MISSED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " \r\n", "\ufeff", "[]", "[ ]\n[]", "{}", "[{'id':1}]", "{'10':{}}", "{'id':'10'}"})
    void anAnswerWithNoneOfThemIsNoReasonToGiveUp(String body) throws Exception {
        assertThat(outcomes(json(body))).containsExactly(MISSED, MISSED, MISSED);
    }

    @Test
    void noContentIsTheSameAsAnEmptyList() throws Exception {
        script = (arrival, connection) -> {
            write(connection, "HTTP/1.1 204 No Content\r\n\r\n");
            return true;
        };
        assertThat(fetch(upstream, 7))
                .containsExactly(new IdOutcome.Missed("the upstream's answer does not hold it", 204, true));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[{'id':8},{'x':7}]",
                "[{'id':8},{'id':7.0}]",
                "[{'id':8},{'id':7e0}]",
                "[{'id':8},{'id':null}]",
                "[{'id':8},{'id':{'id':7}}]",
                "[{'id':8},{'id':'seven'}]",
                "[{'id':8},{'id':''}]",
                "[{'id':8},{'id':' 7'}]",
                "[{'id':8},{'ID':7}]",
                "[{'id':8},{'7':{}}]",
                "[{'id':8},{}]",
                "[{'id':8},null]",
                "[{'id':8},7]",
                "[{'id':8},[{'id':7}]]",
                "{'id':8}\n{'error':'no 7'}",
                "{'id':8}\n7",
                "{'id':8} 'x'",
            })
    void whatCannotBeMatchedMayBeWhatIsMissing(String body) throws Exception {
        assertThat(outcomes(json(body))).containsExactly(UNMATCHED, fetched(json("{'id':8}")), UNMATCHED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"7", "'x'", "true", "null", "[7,8,9]", "{'error':'x'}", "{'items':[{'id':7}]}", "[[{'id':7}]]"})
    void withoutAnyObjectWithAnIdAllFail(String body) throws Exception {
        assertThat(outcomes(json(body))).containsExactly(UNMATCHED, UNMATCHED, UNMATCHED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<html>",
                "id,name\n7,x",
                "[{'id':7,}]",
                "{'7':{},'8':{},'9':{},}",
                "{'7':{},'8':{},'9':NaN}",
                "[{'id':7,'x':'\n'}]",
                "[{'id':07}]",
                "\ufeff\ufeff[{'id':7}]",
                "\u001e{'id':7}",
            })
    void whatIsNotJsonFails(String body) throws Exception {
        assertThat(outcomes(json(body))).containsExactly(NOT_JSON, NOT_JSON, NOT_JSON);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[{'id':8},{'id':9x", "[{'id':8}}", "[{'id':8},", "{'id':8}\n<html>", "{'id':8}\n{'id':7"})
    void whatCameBeforeTheAnswerWentWrongCounts(String body) throws Exception {
        assertThat(outcomes(json(body))).containsExactly(NOT_JSON, fetched(json("{'id':8}")), NOT_JSON);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[{'id':8},", "{'id':8}\n{'id':7", "[{'id':8}", "[{'id':8}, {'id':7,'x':tr"})
    void whatTheEndOfTheConnectionCutOffIsMissed(String body) throws Exception {
        FakeUpstream.Script closing = (arrival, connection) -> {
            write(connection, "HTTP/1.1 200 OK\r\n\r\n" + json(body));
            return false;
        };
        IdOutcome cut =
                new IdOutcome.Missed("the upstream closed the connection in the middle of its answer", 200, true);
        assertThat(fetchTogether(closing, 7, 8, 9)).containsExactly(cut, fetched(json("{'id':8}")), cut);
    }

    @Test
    void whatIsNoTextFails() throws Exception {
        for (byte[] body : new byte[][] {
            {'[', '{', '"', 'i', 'd', '"', ':', '7', ',', '"', 'x', '"', ':', '"', (byte) 0xff, '"', '}', ']'},
            "[{\"id\":7,\"x\":\"\0\"}]".getBytes(StandardCharsets.UTF_8),
            "[{\"id\":7}]".getBytes(StandardCharsets.UTF_16LE),
        }) {
            script = (arrival, connection) -> Fetching.respond(connection, body);
            assertThat(fetch(upstream, 7)).containsExactly(NOT_JSON);
        }
        script = (arrival, connection) -> Fetching.respond(
                connection,
                "[{\"id\":7,\"x\":\"\u00fc\"}]".getBytes(StandardCharsets.ISO_8859_1),
                "Content-Type: application/json; charset=ISO-8859-1");
        assertThat(fetch(upstream, 7)).containsExactly(fetched("{\"id\":7,\"x\":\"\u00fc\"}"));
    }

    @Test
    void anItemIsPutOnOneLine() throws Exception {
        assertThat(outcomes("[\n  {\n    \"id\": 7,\r\n    \"x\": \"\u2028\u00fc\ud83d\ude00\\ud800\"\n  }\n]"))
                .first()
                .isEqualTo(fetched("{     \"id\": 7,      \"x\": \"\u2028\u00fc\ud83d\ude00\\ud800\"   }"));
    }

    @Test
    void whatCommonReadersRefuseIsTextAndHarmsNoOtherItem() throws Exception {
        String deep = "{\"id\":7,\"x\":" + "[".repeat(9_000) + "]".repeat(9_000) + "}";
        String huge = "{\"id\":8,\"x\":" + "9".repeat(200_000) + "}";
        assertThat(outcomes("[" + deep + "," + huge + ",{\"id\":9}]"))
                .containsExactly(
                        new IdOutcome.Fetched(new Data(Data.Form.TEXT, "application/json", deep)),
                        new IdOutcome.Fetched(new Data(Data.Form.TEXT, "application/json", huge)),
                        fetched("{\"id\":9}"));
        assertThat(outcomes("[{\"id\":8}," + "[".repeat(20_000) + "]".repeat(20_000) + ",{\"id\":9}]"))
                .containsExactly(NOT_JSON, fetched("{\"id\":8}"), NOT_JSON);
        assertThat(outcomes("[".repeat(1_000_000))).containsExactly(NOT_JSON, NOT_JSON, NOT_JSON);
    }

    @Test
    void itemsAreFoundWhereverTheyAreInALargeAnswer() throws Exception {
        StringBuilder body = new StringBuilder("[");
        for (int i = 1000; i < 21_000; i++) {
            body.append("{\"x\":\"\u00fc\ud83d\ude00\\n")
                    .append("y".repeat(i % 97))
                    .append("\",\"id\":")
                    .append(i)
                    .append("},\r\n");
        }
        body.append("{\"id\":7,\"x\":").append("1".repeat(999)).append("}  , {\"x\":{\"id\":7},\"id\":8}]");
        assertThat(outcomes(body.toString()))
                .containsExactly(
                        fetched("{\"id\":7,\"x\":" + "1".repeat(999) + "}"),
                        fetched("{\"x\":{\"id\":7},\"id\":8}"),
                        MISSED);
    }

    private static List<IdOutcome> outcomes(String body) throws Exception {
        script = (arrival, connection) -> respond(connection, 200, body);
        return fetch(upstream, 7, 8, 9);
    }

    /** Quoted so that it can be read here. */
    private static String json(String text) {
        return text.replace('\'', '"');
    }

    private static IdOutcome fetched(String json) {
        return new IdOutcome.Fetched(Data.json(json));
    }
}
