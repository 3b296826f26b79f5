package dev.batchgate.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchgate.Http;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;

/** What is served for the page, and how. */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
class DashboardControllerTests {

    private static final Pattern REFERENCE = Pattern.compile("(?:href|src)=\"([^\"#]+)\"");
    private static final Pattern IMPORT = Pattern.compile("from '\\./([^']+)'");

    @LocalServerPort
    private int port;

    private Http http;

    @BeforeEach
    void client() {
        http = new Http(port);
    }

    @ParameterizedTest
    @CsvSource({
        "/, text/html",
        "/dashboard/main.js, text/javascript",
        "/dashboard/base.css, text/css",
        "/dashboard/icon.svg, image/svg+xml",
        "/dashboard/uplot/uPlot.esm.js, text/javascript",
        "/dashboard/uplot/uPlot.min.css, text/css",
    })
    void everyFileIsWhatItIsAndMayDoNothingElse(String path, String type) {
        Http.Answer answer = http.get(path, "Accept", type + ",*/*;q=0.1");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).startsWith(type);
        assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(answer.header("Referrer-Policy")).isEqualTo("same-origin");
        assertThat(answer.header("Content-Security-Policy"))
                .contains("default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'")
                .doesNotContain("unsafe", "http", "*");
    }

    @Test
    void thePageHasNothingInItThatThePolicyWouldForbid() {
        String page = http.get("/").response().body();

        assertThat(page).doesNotContain("<style", " style=", " onclick", "http://", "https://");
        assertThat(Pattern.compile("<script(?! type=\"module\" src=)")
                        .matcher(page)
                        .find())
                .as("a script in the page")
                .isFalse();
    }

    @Test
    void allThatThePageAndItsScriptsReferToIsThere() {
        List<String> references = references(REFERENCE, http.get("/").response().body());
        assertThat(references)
                .contains("dashboard/main.js")
                .allSatisfy(path ->
                        assertThat(http.get("/" + path).status()).as(path).isIn(200, 302));
        for (String script : List.of("main.js", "overview.js", "ingestion.js", "queue.js", "plot.js", "timeline.js")) {
            assertThat(references(
                            IMPORT, http.get("/dashboard/" + script).response().body()))
                    .allSatisfy(
                            path -> assertThat(http.get("/dashboard/" + path).status())
                                    .as(path)
                                    .isEqualTo(200));
        }
    }

    private static List<String> references(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(found -> found.group(1)).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/dashboard/main.js"})
    void whoHasItIsNotSentItAgain(String path) {
        Http.Answer first = http.get(path);

        assertThat(first.header("Cache-Control")).isEqualTo("no-cache");
        assertThat(http.get(path, "If-None-Match", first.header("ETag")).status())
                .isEqualTo(304);
        assertThat(http.get(path, "If-None-Match", "\"other\"").status()).isEqualTo(200);
    }

    @Test
    void aHeadIsAGetWithoutTheBody() {
        Http.Answer head = http.send("HEAD", "/", "");

        assertThat(head.status()).isEqualTo(200);
        assertThat(head.header("Content-Type")).startsWith("text/html");
        assertThat(head.response().body()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /dashboard, 404",
        "GET, /dashboard/, 404",
        "GET, /dashboard/index.htm, 404",
        "GET, /dashboard/uplot/uPlot.iife.js, 404",
        "GET, /dashboard/..%2fapplication.yaml, 404",
        "GET, /dashboard/%2e%2e/application.yaml, 404",
        "GET, /index.html, 404",
        "POST, /dashboard/main.js, 405",
        "DELETE, /, 405",
    })
    void everythingElseIsAProblem(String method, String path, int status) {
        Http.Answer answer = http.send(method, path, "");

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(answer.header("Content-Security-Policy")).isEmpty();
    }

    @Test
    void theDescriptionOfTheApiIsWithoutIt() {
        assertThat(http.get("/v3/api-docs").json().get("paths").propertyNames())
                .noneMatch(path -> path.equals("/") || path.startsWith("/dashboard"));
        assertThat(http.get("/swagger-ui/index.html").header("Content-Security-Policy"))
                .isEmpty();
    }
}
