package dev.batchgate.edge;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Requests that look like requests, more or less. The same ones for the same seed. Not safe for use by several threads. */
final class Garbage {

    private static final List<String> METHODS = List.of(
            "GET",
            "GET",
            "GET",
            "POST",
            "POST",
            "POST",
            "PATCH",
            "DELETE",
            "HEAD",
            "PUT",
            "OPTIONS",
            "TRACE",
            "CONNECT",
            "get",
            "PRI",
            "M-SEARCH",
            "é",
            "G T",
            "");
    private static final List<String> SEGMENTS = List.of(
            "ingest",
            "status",
            "results",
            "queue",
            "pause",
            "resume",
            "retry",
            "events",
            "forecast",
            "ingestions",
            "actuator",
            "health",
            "liveness",
            "readiness",
            "prometheus",
            "env",
            "heapdump",
            "v3",
            "api-docs",
            "swagger-ui.html",
            "dashboard",
            "webjars",
            "deliveries",
            "error",
            "login",
            "..",
            ".",
            "%2e%2e",
            "%2F",
            "%5c",
            "%00",
            "%0d%0a",
            "%c0%af",
            "%",
            "%zz",
            "%e4",
            "ü",
            ";x=1",
            "*",
            "{id}",
            "${jndi:ldap://127.0.0.1:1/a}",
            "<script>",
            "a".repeat(300),
            " ",
            "\t",
            "\u0000",
            "");
    private static final List<String> HEADERS = List.of(
            "Accept",
            "Accept-Language",
            "Accept-Encoding",
            "Authorization",
            "Content-Type",
            "Content-Length",
            "Content-Encoding",
            "Cookie",
            "Expect",
            "Forwarded",
            "X-Forwarded-For",
            "X-Forwarded-Proto",
            "X-Forwarded-Host",
            "X-Forwarded-Port",
            "Idempotency-Key",
            "If-None-Match",
            "If-Match",
            "If-Modified-Since",
            "If-Unmodified-Since",
            "Last-Event-ID",
            "Origin",
            "Prefer",
            "Range",
            "Sec-Fetch-Site",
            "TE",
            "Transfer-Encoding",
            "Upgrade",
            "traceparent",
            "tracestate",
            "baggage",
            "X-HTTP-Method-Override",
            "X-CSRF-TOKEN",
            "X y",
            "é",
            "");
    private static final List<String> VALUES = List.of(
            "",
            "*",
            "*/*",
            "application/json",
            "application/json;charset=utf-7",
            "application/json; q=abc",
            "text/event-stream",
            "text/html",
            "application/x-ndjson",
            "application/problem+json",
            "multipart/form-data; boundary=x",
            "application/x-www-form-urlencoded",
            "x/y;;;=",
            "respond-async",
            "wait=0",
            "wait=-1",
            "wait=99999999999999999999",
            "wait",
            "wait=\"\"",
            "handling=strict; wait=x",
            "0",
            "-1",
            "1.5",
            "NaN",
            "99999999999999999999",
            "\"",
            "W/\"1\"",
            "\"1\", \"2\"",
            "bytes=0-",
            "bytes=9-1,-5",
            "chunked",
            "gzip, chunked",
            "identity",
            "100-continue",
            "h2c",
            "websocket",
            "Bearer",
            "Bearer x",
            "Basic Og==",
            "Basic %%%",
            "Bearer \u0001",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-zz-zz-zz",
            "a=b; a=b; \u007f",
            "null",
            "http://[::1",
            "cross-site",
            "Thu, 99 Foo 2026 25:61:61 GMT",
            "de-DE-u-co-phonebk-".repeat(20),
            "x".repeat(2_000),
            "\u00fc",
            "%00",
            "\"unclosed",
            "(comment",
            "text/*;q=0",
            ";",
            ",",
            "{\"a\":1}");
    private static final List<String> NUMBERS = List.of(
            "1",
            "0",
            "-1",
            "1.0",
            "1.5",
            "1e3",
            "1E400",
            "-0",
            "01",
            "1000000007",
            "1000000008",
            "9223372036854775808",
            "9".repeat(400),
            "NaN",
            "Infinity",
            "0x10");
    private static final List<String> TEXTS = List.of(
            "HIGH",
            "LOW",
            "high",
            "",
            "null",
            "\\u0000",
            "\\ud800",
            "\\x",
            "\u0001",
            "ü",
            "x".repeat(70_000),
            "2026-11-27T00:00:00Z",
            "+999999999-12-31T23:59:59Z",
            "http://127.0.0.1/",
            "file:///etc/passwd",
            "https://u:p@x/#f");
    private static final List<String> NAMES = List.of(
            "ids",
            "ids",
            "ids",
            "priority",
            "priority",
            "complete_by",
            "callback_url",
            "Ids",
            "",
            "__proto__",
            "x".repeat(1_000),
            "ids\\u0000");

    private final Random random;

    Garbage(long seed) {
        this.random = new Random(seed);
    }

    private <T> T one(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    private boolean inOneOf(int cases) {
        return random.nextInt(cases) == 0;
    }

    byte[] request(Supplier<String> knownId) {
        byte[] body = body();
        StringBuilder head = new StringBuilder();
        head.append(inOneOf(3) ? one(METHODS) : one(METHODS.subList(0, 9)))
                .append(' ')
                .append(path(knownId.get()))
                .append(inOneOf(50) ? " HTTP/" + random.nextInt(4) + "." + random.nextInt(3) : " HTTP/1.1")
                .append("\r\nHost: ")
                .append(inOneOf(30) ? one(VALUES) : "localhost")
                .append("\r\nConnection: close\r\n");
        if (!inOneOf(4)) {
            head.append("Content-Type: application/json\r\n");
        }
        for (int headers = random.nextInt(4); headers > 0; headers--) {
            head.append(one(HEADERS))
                    .append(inOneOf(30) ? " " : "")
                    .append(": ")
                    .append(one(VALUES))
                    .append("\r\n");
        }
        if (!inOneOf(8)) {
            head.append("Content-Length: ").append(body.length).append("\r\n");
        }
        head.append("\r\n");
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.writeBytes(
                head.toString().getBytes(inOneOf(10) ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1));
        request.writeBytes(body);
        return request.toByteArray();
    }

    private String path(String knownId) {
        String path = inOneOf(2)
                ? one(List.of(
                        "/ingest",
                        "/ingest/" + knownId,
                        "/status/" + knownId,
                        "/results/" + knownId,
                        "/ingest/" + knownId + "/retry",
                        "/ingest/" + knownId + "/deliveries",
                        "/queue",
                        "/queue/forecast",
                        "/ingestions",
                        "/"))
                : IntStream.range(0, 1 + random.nextInt(4))
                        .mapToObj(i -> one(SEGMENTS))
                        .collect(Collectors.joining("/", "/", ""));
        return inOneOf(4)
                ? path
                        + one(List.of(
                                "?",
                                "?limit=",
                                "?before=",
                                "?limit=1&limit=2",
                                "?%",
                                "?a=%ff&=&&",
                                "#",
                                ";a=b",
                                "/",
                                "//",
                                "?x=" + "y".repeat(5_000)))
                        + one(VALUES).replace(" ", "")
                : path;
    }

    private byte[] body() {
        String json = inOneOf(3) ? value(0) : object(0);
        byte[] body = json.getBytes(
                inOneOf(20)
                        ? one(List.of(StandardCharsets.UTF_16, StandardCharsets.UTF_16LE, StandardCharsets.ISO_8859_1))
                        : StandardCharsets.UTF_8);
        for (int flips = inOneOf(3) ? random.nextInt(4) : 0; flips > 0 && body.length > 0; flips--) {
            body[random.nextInt(body.length)] = (byte) random.nextInt(256);
        }
        return inOneOf(10) ? java.util.Arrays.copyOf(body, random.nextInt(body.length + 1)) : body;
    }

    private String value(int depth) {
        return switch (random.nextInt(depth > 3 ? 4 : 7)) {
            case 0 -> one(NUMBERS);
            case 1 -> '"' + one(TEXTS) + '"';
            case 2 -> one(List.of("true", "false", "null", "nul", "undefined", "'x'", "/*c*/1", "\ufeff1"));
            case 3, 4 ->
                IntStream.range(0, random.nextInt(5))
                        .mapToObj(i -> one(NUMBERS))
                        .collect(Collectors.joining(",", "[", "]"));
            case 5 -> object(depth + 1);
            default ->
                "[".repeat(random.nextInt(inOneOf(20) ? 5_000 : 5)) + value(depth + 1) + "]".repeat(random.nextInt(5));
        };
    }

    private String object(int depth) {
        return IntStream.range(0, 1 + random.nextInt(4))
                .mapToObj(i -> '"' + one(NAMES) + "\":" + value(depth + 1))
                .collect(Collectors.joining(",", "{", inOneOf(30) ? "" : "}"));
    }
}
