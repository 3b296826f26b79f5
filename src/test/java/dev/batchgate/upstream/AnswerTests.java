package dev.batchgate.upstream;

import static dev.batchgate.upstream.Fetching.fetch;
import static dev.batchgate.upstream.Fetching.respond;
import static dev.batchgate.upstream.Fetching.upstream;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.batchgate.FakeUpstream;
import dev.batchgate.ingestion.Data;
import dev.batchgate.ingestion.IdOutcome;
import java.nio.charset.Charset;
import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is kept of an answer for one id. */
class AnswerTests {

    private static final String JSON = "Content-Type: application/json";

    private static volatile FakeUpstream.Script script = (arrival, connection) -> false;
    private static FakeUpstream server;
    private static HttpUpstream upstream;

    @BeforeAll
    static void start() {
        server = new FakeUpstream((arrival, connection) -> script.answer(arrival, connection));
        upstream = upstream(server.url("/{id}"));
    }

    @AfterAll
    static void stop() throws Exception {
        upstream.close();
        server.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "null",
                "true",
                "0",
                "-0.0",
                "\"\"",
                "1.0E400",
                "1e-9999999999",
                "123456789012345678901234567890",
                "0.1000000000000000000000000000000000000001",
                "{\"b\":1.0,\"a\":1.00,\"b\":2}",
                "{\"text\":\"\\ud800 \\u0000 \\n \u2028 \u00fc \ud83d\ude00 \u007f\"}",
                "[1 ,\t2]",
            })
    void jsonIsKeptAsItWasSent(String json) throws Exception {
        for (String type : new String[] {
            "application/json",
            "Application/JSON; charset=utf-8",
            "application/json;charset=\"UTF-8\"",
            "application/json; charset=nonsense",
            "application/problem+json",
            "application/vnd.api+json; version=1",
            "text/json",
        }) {
            assertThat(data(json.getBytes(UTF_8), "Content-Type: " + type)).isEqualTo(Data.json(json));
        }
        assertThat(data(json.getBytes(UTF_8))).isEqualTo(Data.json(json));
        assertThat(data(json.getBytes(UTF_8), "Content-Type:")).isEqualTo(Data.json(json));
    }

    @Test
    void jsonIsPutOnOneLineWithoutWhatIsAroundIt() throws Exception {
        assertThat(data("\ufeff\r\n {\r\n  \"a\" :\n\t[1,\r2]\n}\n \t".getBytes(UTF_8), JSON))
                .isEqualTo(Data.json("{    \"a\" : \t[1, 2] }"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{} {}",
                "1 2",
                "[1,]",
                "{\"a\":1",
                "{'a':1}",
                "{a:1}",
                "NaN",
                "+1",
                "01",
                "// comment\n1",
                "\"\t\"",
                "\"line\nbreak\"",
                "\"\\x\"",
                "\ufeff\ufeff1",
                "\u00a01",
                "\u001e{}",
                "  ",
                "<html>",
            })
    void whatOnlyClaimsToBeJsonIsText(String text) throws Exception {
        assertThat(data(text.getBytes(UTF_8), JSON)).isEqualTo(new Data(Data.Form.TEXT, "application/json", text));
    }

    @Test
    void jsonThatCommonReadersRefuseIsText() throws Exception {
        String nested = "[".repeat(500) + "]".repeat(500);
        assertThat(data(nested.getBytes(UTF_8), JSON)).isEqualTo(Data.json(nested));
        assertThat(data("9".repeat(1000).getBytes(UTF_8), JSON)).isEqualTo(Data.json("9".repeat(1000)));
        for (String excessive : new String[] {
            "[" + nested + "]",
            "[".repeat(400_000) + "]".repeat(400_000),
            "{\"a\":".repeat(100_000) + "1" + "}".repeat(100_000),
            "9".repeat(1001),
            "[0." + "9".repeat(900_000) + "]",
        }) {
            assertThat(data(excessive.getBytes(UTF_8), JSON))
                    .isEqualTo(new Data(Data.Form.TEXT, "application/json", excessive));
        }
        // Long names and strings are no trouble, nor is what is not closed, however deep.
        String named = "{\"" + "n".repeat(200_000) + "\":\"" + "s".repeat(800_000) + "\"}";
        assertThat(data(named.getBytes(UTF_8), JSON)).isEqualTo(Data.json(named));
        assertThat(data("[".repeat(1_000_000).getBytes(UTF_8), JSON).form()).isEqualTo(Data.Form.TEXT);
    }

    @Test
    void jsonInACharsetOfItsOwnIsReadIfThatIsSaid() throws Exception {
        String json = "{\"name\":\"Zo\u00eb\"}";
        assertThat(data(json.getBytes(ISO_8859_1), "Content-Type: application/json;charset=ISO-8859-1"))
                .isEqualTo(Data.json(json));
        assertThat(data(json.getBytes(UTF_16), "Content-Type: application/json;charset=UTF-16"))
                .isEqualTo(Data.json(json));
        assertThat(data(json.getBytes(UTF_8), "Content-Type: application/json;charset=ISO-8859-1"))
                .isEqualTo(Data.json(json));
        assertThat(data(json.getBytes(ISO_8859_1), JSON)).isEqualTo(binary("application/json", json, ISO_8859_1));
        assertThat(data(json.getBytes(UTF_16LE), JSON)).isEqualTo(binary("application/json", json, UTF_16LE));
        // A surrogate written in three bytes, and an overlong quotation mark.
        assertThat(data(new byte[] {'"', (byte) 0xed, (byte) 0xa0, (byte) 0x80, '"'}, JSON)
                        .form())
                .isEqualTo(Data.Form.BINARY);
        assertThat(data(new byte[] {(byte) 0xc0, (byte) 0xa2, '"'}, JSON).form())
                .isEqualTo(Data.Form.BINARY);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/plain",
                "text/html; charset=utf-8",
                "TEXT/CSV",
                "application/xml",
                "application/soap+xml",
                "image/svg+xml",
                "application/javascript",
                "application/x-www-form-urlencoded",
                "application/x-ndjson",
                "application/yaml",
                "text/plain; charset=",
            })
    void textIsKeptAsText(String type) throws Exception {
        String text = "\r\n{\"a\":\u00fc}\n\ud83d\ude00\u0001";
        assertThat(data(text.getBytes(UTF_8), "Content-Type: " + type)).isEqualTo(new Data(Data.Form.TEXT, type, text));
    }

    @ParameterizedTest
    @CsvSource({"ISO-8859-1", "windows-1252", "utf8", "UTF-16", "Shift_JIS", "us-ascii"})
    void textIsReadInItsCharset(String charset) throws Exception {
        String text = charset.equals("us-ascii") ? "plain" : charset.equals("Shift_JIS") ? "\u65e5\u672c" : "Zo\u00eb";
        String type = "text/plain; charset=" + charset;
        assertThat(data(text.getBytes(Charset.forName(charset)), "Content-Type: " + type))
                .isEqualTo(new Data(Data.Form.TEXT, type, text));
    }

    @ParameterizedTest
    @CsvSource({
        "text/plain, ff00ff",
        "text/plain; charset=nonsense, 616263",
        "text/plain; charset=\"\u0001\", 616263",
        "text/plain; charset=us-ascii, c3bc",
        "text/plain; charset=UTF-16, d800",
        "text/plain; charset=CESU-8, eda080",
        "text/plain, 610062",
        "application/json, 7b007d",
        "image/png, 89504e470d0a1a0a",
        "application/octet-stream, 7b7d",
        "application/xmlish, 3c3e",
        "multipart/form-data, 2d2d",
        "garbage, 7b7d",
        "'; charset=utf-8', 7b7d",
        "'\"', 7b7d",
        "'json,', 7b7d",
    })
    void anythingElseIsBytes(String type, String hex) throws Exception {
        byte[] body = HexFormat.of().parseHex(hex);
        assertThat(data(body, "Content-Type: " + type))
                .isEqualTo(new Data(
                        Data.Form.BINARY,
                        type.replace('\u0001', '?'),
                        Base64.getEncoder().encodeToString(body)));
    }

    @Test
    void withoutATypeItIsTextIfItLooksLikeIt() throws Exception {
        assertThat(data("<p>\tZo\u00eb\r\n".getBytes(UTF_8)))
                .isEqualTo(new Data(Data.Form.TEXT, null, "<p>\tZo\u00eb\r\n"));
        for (String other : new String[] {"a\0", "a\u0007", "a\u007f", "a\u0085"}) {
            assertThat(data(other.getBytes(UTF_8))).isEqualTo(binary(null, other, UTF_8));
        }
        assertThat(data("Zo\u00eb".getBytes(ISO_8859_1))).isEqualTo(binary(null, "Zo\u00eb", ISO_8859_1));
    }

    @Test
    void aTypeIsKeptInShortAndPrintable() throws Exception {
        assertThat(data(new byte[] {0}, "Content-Type: a/b; \u00fc=\u0007" + "x".repeat(5000))
                        .contentType())
                .startsWith("a/b; ?=?xxx")
                .hasSize(200);
    }

    @Test
    void ofSeveralTypesTheFirstCounts() throws Exception {
        assertThat(data("{}".getBytes(UTF_8), JSON, "Content-Type: image/png")).isEqualTo(Data.json("{}"));
        assertThat(data("{}".getBytes(UTF_8), "Content-Type: application/json, image/png"))
                .isEqualTo(Data.json("{}"));
    }

    private static Data binary(String type, String text, Charset charset) {
        return new Data(Data.Form.BINARY, type, Base64.getEncoder().encodeToString(text.getBytes(charset)));
    }

    private static Data data(byte[] body, String... headers) throws Exception {
        script = (arrival, connection) -> respond(connection, body, headers);
        IdOutcome outcome = fetch(upstream, 1).get(0);
        assertThat(outcome).isInstanceOf(IdOutcome.Fetched.class);
        return ((IdOutcome.Fetched) outcome).data();
    }
}
