package dev.batchgate.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openqa.selenium.Keys;

/** The dashboard where keys are needed, in a browser. */
@ExtendWith(Chromium.class)
class LogInTests {

    private static final String ADMIN = "an admin's";
    private static final String SUBMITTER = "a submitter's";

    private static Served served;

    private Browser browser;

    @BeforeAll
    static void serve(Browser browser, @TempDir Path store) {
        served = new Served(
                store,
                "--batchgate.interval=300ms",
                "--batchgate.api-keys=ops:admin:%s,acme:submit:%s".formatted(sha256(ADMIN), sha256(SUBMITTER)));
    }

    private static String sha256(String key) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
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

    /** Cookies are those of all tests otherwise, on whatever port. */
    @AfterEach
    void logOut() {
        browser.forget();
        assertThat(browser.complaints()).isEmpty();
    }

    private void logIn(String key) {
        browser.open(served.port, "/");
        browser.find("#key").sendKeys(key, Keys.ENTER);
    }

    @Test
    void afterALogInThePageLivesAndOrdersAreCarriedOut() {
        logIn(ADMIN);

        browser.find(".dial[data-kind='open']");
        browser.find("#ids").sendKeys("1 2 3 4");
        browser.awaitText("[data-preview]", "2 batches");
        browser.click("[data-send]");
        browser.click("[data-sent] a");
        browser.awaitText(".verdict", "Completed: every id was fetched.");
        browser.click(".crumb a");
        browser.click("[data-toggle-gate]");
        browser.click("#confirm [data-yes]");
        browser.find(".dial[data-kind='paused']");
        browser.click("[data-toggle-gate]");
        browser.click("#confirm [data-yes]");
        browser.find(".dial[data-kind='open']");
        assertThat(browser.run("return document.cookie").toString())
                .startsWith("csrf=")
                .doesNotContain("session");
        browser.screenshot("logged-in");
    }

    @Test
    void afterALogOutThereIsTheFormAgain() {
        logIn(ADMIN);
        browser.find(".dial[data-kind='open']");

        browser.click("#log-out");

        browser.find("#key");
        assertThat(browser.run("return document.cookie").toString()).isEmpty();
        browser.open(served.port, "/");
        browser.find("#key");
    }

    @Test
    void aPageWhoseSessionEndsAsksForAnother() {
        logIn(ADMIN);
        browser.find(".dial[data-kind='open']");

        browser.forget();

        // It may find out by itself, too, before there is anything to click.
        await().atMost(Duration.ofSeconds(15)).until(() -> {
            browser.run("(document.querySelector('#confirm[open] [data-yes]')"
                    + " ?? document.querySelector('[data-toggle-gate]:enabled'))?.click()");
            return browser.sees("#key");
        });
    }

    @Test
    void aWrongKeyIsRefusedInWords() {
        logIn("no such key");

        browser.awaitText("[role=alert]", "That key is not known here.");
        assertThat(browser.barriers()).isEmpty();
        browser.find("#key").sendKeys(SUBMITTER, Keys.ENTER);
        browser.awaitText("[role=alert]", "That key is for submissions");
        browser.find("#key").sendKeys(ADMIN, Keys.ENTER);
        browser.find(".dial[data-kind='open']");
    }

    @ParameterizedTest
    @CsvSource({"light, 1320", "dark, 1320", "light, 360", "dark, 360"})
    void theFormFitsAndHasNoBarriers(Browser.Theme theme, int width) {
        browser.open(served.port, "/", theme, width, 740);
        browser.find("#key");

        assertThat(browser.run("return document.activeElement.id")).isEqualTo("key");
        assertThat(browser.run("return getComputedStyle(document.documentElement).backgroundColor"))
                .isEqualTo(theme == Browser.Theme.dark ? "rgb(16, 20, 23)" : "rgb(250, 250, 248)");
        assertThat(browser.scrollsSideways()).isFalse();
        assertThat(browser.barriers()).isEmpty();
        browser.screenshot("log-in-%s-%d".formatted(theme, width));
    }
}
