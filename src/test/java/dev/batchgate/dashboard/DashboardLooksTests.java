package dev.batchgate.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every page in both themes, on a desk and on a phone: kept as pictures, and looked at by axe. */
@ExtendWith(Chromium.class)
class DashboardLooksTests {

    private static Served served;
    private static String failed;
    private static String waiting;

    private Browser browser;

    /** Some that ended, some that wait, and one that runs into a pause. */
    @BeforeAll
    static void serve(Browser browser, @TempDir Path store) {
        served = new Served(store, "--batchgate.interval=200ms");
        served.submit(1, 12, "LOW");
        failed = served.submit(395, 15, "MEDIUM");
        served.submitted(50, 9, "HIGH");
        await().until(() -> served.http
                .get("/status/" + failed)
                .json()
                .get("status")
                .asString()
                .equals("failed"));
        served.http.send("POST", "/queue/pause", "");
        waiting = served.submit(1000, 60, "LOW");
        served.submit(2000, 20, "MEDIUM");
    }

    @AfterAll
    static void stop() throws IOException {
        if (served != null) {
            served.close();
        }
    }

    @BeforeEach
    void reader(Browser browser) {
        this.browser = browser;
    }

    @AfterEach
    void thePolicyHolds() {
        assertThat(browser.complaints()).isEmpty();
    }

    static Stream<Arguments> everywhere() {
        return Stream.of(Browser.Theme.values())
                .flatMap(theme -> Stream.of(1320, 360)
                        .flatMap(width -> Stream.of("queue", "failed", "waiting", "missing")
                                .map(page -> Arguments.of(page, theme, width))));
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void everyPageFitsAndHasNoBarriers(String page, Browser.Theme theme, int width) {
        browser.open(served.port, path(page), theme, width, width < 500 ? 740 : 1200);
        browser.find(
                switch (page) {
                    case "queue" -> ".dial[data-kind=paused]";
                    case "missing" -> ".missing";
                    default -> ".result-table tbody tr";
                });
        if (page.equals("queue")) {
            browser.find(".throughput canvas, .throughput [data-chart][hidden]");
            browser.find(".ingestions tbody tr");
        }

        assertThat(background()).isEqualTo(theme == Browser.Theme.dark ? "rgb(16, 20, 23)" : "rgb(250, 250, 248)");
        assertThat(browser.scrollsSideways()).isFalse();
        if (width > 500 || theme == Browser.Theme.light) {
            // A phone has the colours of a desk.
            assertThat(browser.barriers()).isEmpty();
        }
        browser.screenshot("%s-%s-%d".formatted(page, theme, width));
    }

    private static String path(String page) {
        return switch (page) {
            case "queue" -> "/";
            case "failed" -> "/#/ingestions/" + failed;
            case "waiting" -> "/#/ingestions/" + waiting;
            default -> "/#/ingestions/nothing";
        };
    }

    @Test
    void aQuestionHasNoBarriersEither() {
        browser.open(served.port, "/");
        browser.find(".dial[data-kind=paused]");
        browser.click("[data-toggle-gate]");
        browser.find("#confirm");

        assertThat(browser.barriers()).isEmpty();
    }

    @Test
    void whoPrefersAnotherThemeKeepsIt() {
        browser.open(served.port, "/");
        Object light = background();

        browser.click("#theme");

        assertThat(background()).isNotEqualTo(light);
        Object dark = background();
        browser.open(served.port, "/");
        assertThat(background()).isEqualTo(dark);
        browser.click("#theme");
        assertThat(background()).isEqualTo(light);
        browser.run("localStorage.clear()");
    }

    private Object background() {
        return browser.run("return getComputedStyle(document.documentElement).backgroundColor");
    }

    @Test
    void whatThePolicyForbidsWouldNotWorkAndNotGoUnnoticed() {
        browser.open(served.port, "/");
        browser.find(".dial[data-kind=paused]");

        browser.run("document.body.setAttribute('style', 'color: red')");

        assertThat(browser.complaints()).singleElement().asString().contains("Content Security Policy");
        assertThat(
                        browser.run(
                                "try { document.body.innerHTML = 'x'; return 'taken' } catch (refused) { return refused.name }"))
                .isEqualTo("TypeError");
        assertThat(browser.complaints()).isNotEmpty();
    }
}
