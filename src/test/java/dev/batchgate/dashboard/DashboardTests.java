package dev.batchgate.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/** What people do on the dashboard, in a browser, with the whole service behind it. */
@ExtendWith(Chromium.class)
class DashboardTests {

    private static final String DIAL = ".dial[data-kind='%s']";
    private static final String YES = "#confirm [data-yes]";

    private static Served served;

    private Browser browser;

    @BeforeAll
    static void serve(Browser browser, @TempDir Path store) {
        served = new Served(store, "--batchgate.interval=300ms");
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
    void nothingIsAmiss() {
        served.calmDown();
        assertThat(browser.complaints()).isEmpty();
    }

    private void openQueue() {
        openWith("open");
    }

    private void openWith(String gate) {
        browser.open(served.line.port(), "/");
        browser.find(DIAL.formatted(gate));
    }

    private void openIngestion(String id) {
        browser.open(served.line.port(), "/#/ingestions/" + id);
        browser.find(".verdict");
    }

    private void pause() {
        served.http.send("POST", "/queue/pause", "");
    }

    @Test
    void whatIsSubmittedIsSeenToBeDone() {
        openQueue();

        browser.find("#ids").sendKeys("1001, 1002\n1003 1004 1005 1006 1007");
        browser.awaitText("[data-preview]", "3 batches");
        browser.awaitText("[data-preview]", "nothing");
        browser.click("[data-send]");
        browser.click("[data-sent] a");

        browser.awaitText(".verdict", "Completed: every id was fetched.");
        browser.awaitText(".facts", "3 of 3");
        browser.awaitText("[data-results-note]", "all 7");
        assertThat(browser.count(".batch-table [data-status=completed]")).isEqualTo(3);
        browser.screenshot("completed");
        browser.click(".crumb a");
        browser.awaitText(".ingestions tbody tr", "3 / 3");
        browser.awaitText("[data-gaps]", "The interval is 300 ms.");
    }

    @Test
    void aPauseIsAskedForAndSeenByEverybody() {
        openQueue();

        browser.click("[data-toggle-gate]");
        browser.click("#confirm [data-no]");
        assertThat(served.http.get("/queue").json().get("paused").asBoolean()).isFalse();
        browser.click("[data-toggle-gate]");
        browser.click(YES);

        browser.find(DIAL.formatted("paused"));
        assertThat(served.http.get("/queue").json().get("paused").asBoolean()).isTrue();
        browser.screenshot("paused");
        served.submit(1, 4, "HIGH");
        browser.awaitText(".gate-detail", "2 batches wait.");
        browser.click("[data-toggle-gate]");
        browser.click(YES);
        browser.awaitText("[data-nothing-in-flight]", "Nothing at the moment.");
        browser.find(DIAL.formatted("open"));
    }

    @Test
    void whatWaitsIsMovedAndCancelled() {
        pause();
        String id = served.submit(1, 9, "LOW");
        openIngestion(id);
        browser.awaitText(".verdict", "the queue is paused");

        browser.find("#move-to").sendKeys("High");
        browser.click(".move button");
        browser.click(YES);
        browser.awaitText(".facts", "High");
        browser.click("[data-cancel]");
        browser.awaitText("#confirm", "Up to 3 batches");
        browser.click(YES);

        browser.awaitText(".verdict", "Cancelled: 3 of 3 batches");
        assertThat(browser.sees("[data-cancel]")).isFalse();
    }

    @Test
    void whatFailedIsSaidWhyAndRetried() {
        String id = served.submitted(1403, 2, "HIGH");
        openIngestion(id);
        browser.awaitText(".verdict", "Failed: 1 of 1 batch");
        browser.awaitText(".why", "id 1404: the upstream answered with HTTP status 404");

        browser.click("[data-retry]");
        browser.click(YES);

        browser.awaitText(".batch-table td:nth-of-type(3)", "2");
        browser.awaitText(".verdict", "Failed: 1 of 1 batch");
    }

    @Test
    void whatAnUpstreamSaysIsTextWhateverItLooksLike() {
        String id = served.submitted(2403, 2, "HIGH");
        served.line.exchange(
                "the upstream answered with HTTP status 404", "<img src=x onerror=document.title='pwned'>");
        openIngestion(id);

        browser.awaitText(".why", "id 2404: <img src=x onerror=document.title='pwned'>");
        browser.awaitText("[data-results]", "<img src=x onerror=document.title='pwned'>\",\"price\":1.10");
        assertThat(browser.count("img")).isZero();
        assertThat(browser.run("return document.title").toString()).startsWith("Ingestion");
    }

    @Test
    void anErrorIsShownWhereItIs() {
        openQueue();

        browser.click("[data-send]");
        browser.awaitText("#ids-problem", "Give at least one id.");
        browser.find("#ids").sendKeys("1 two 3");
        browser.click("[data-send]");
        browser.awaitText("#ids-problem", "“two”: not a whole number");
        browser.run("document.querySelector('#ids').value = ''");
        browser.find("#ids").sendKeys("1 99999999999 3");
        browser.click("[data-send]");

        browser.awaitText("#ids-problem", "99999999999 must be an integer from 1 to 1000000007.");
        assertThat(browser.run("const {value, selectionStart, selectionEnd} = document.activeElement;"
                        + "return value.slice(selectionStart, selectionEnd)"))
                .isEqualTo("99999999999");
    }

    @Test
    void whatWouldBeTooLateIsRefusedAndNotQueued() {
        openQueue();
        int before = served.ingestions();

        browser.find("#ids").sendKeys("1 2 3");
        browser.run("document.querySelector('#complete-by').value = '2020-01-01T00:00:00'");
        browser.click("[data-send]");

        browser.awaitText("form > .problem", "It would not be done before");
        assertThat(served.ingestions()).isEqualTo(before);
    }

    @Test
    void aLostAnswerAndADoubleClickAreOneIngestion() {
        pause();
        openWith("paused");
        int before = served.ingestions();
        served.line.loseAnswersTo("POST /ingest ");
        browser.find("#ids").sendKeys("11 12 13");
        browser.click("[data-send]");
        browser.awaitText("form > .problem", "No answer came.");

        served.line.mend();
        browser.awaitText("[data-send]", "Send again");
        browser.run("const send = document.querySelector('[data-send]'); send.click(); send.click()");

        browser.awaitText("[data-sent]", "Accepted");
        assertThat(served.ingestions()).isEqualTo(before + 1);
    }

    @Test
    void aLostConnectionIsSaidAndNothingPretended() {
        openQueue();
        assertThat(browser.sees("#banner")).isFalse();

        served.line.cut();

        browser.awaitText("#banner", "Connection lost. What you see is as of");
        browser.find(DIAL.formatted("lost"));
        assertThat(browser.text(".dial-figure")).isEqualTo("–");
        browser.awaitText(".summary", "Not connected");
        browser.screenshot("lost");
        served.line.mend();
        // Not by the pointer: the page tries by itself, too, and if it is first there is nothing left to hit.
        browser.run("document.querySelector('#banner button').click()");
        browser.find(DIAL.formatted("open"));
        await().until(() -> !browser.sees("#banner"));
        String id = served.submitted(1, 1, "HIGH");
        browser.awaitText(".ingestions tbody tr", id.substring(id.length() - 8));
    }

    @Test
    void aTabHasOneStreamOfAKindAndNoneWhileItIsHidden() {
        pause();
        String id = served.submit(1, 3, "LOW");
        openWith("paused");
        awaitStreams(1);
        browser.click(".ingestions tbody a");
        browser.awaitText("[data-id]", id);
        awaitStreams(2);

        look(false);
        awaitStreams(0);
        served.http.send("DELETE", "/ingest/" + id, "");
        assertThat(browser.text(".verdict")).startsWith("Waiting");
        look(true);

        browser.awaitText(".verdict", "Cancelled");
        awaitStreams(1);
    }

    private static void awaitStreams(int number) {
        await().untilAsserted(() -> assertThat(served.line.streams()).isEqualTo(number));
    }

    private void look(boolean looks) {
        browser.run("""
                Object.defineProperty(document, 'hidden', {value: !arguments[0], configurable: true});
                document.dispatchEvent(new Event('visibilitychange'));
                """, looks);
    }

    @Test
    void tenThousandBatchesAreAPageLikeAnyOther() {
        pause();
        String id = served.submit(1, 30_000, "LOW");
        openIngestion(id);
        browser.awaitText("[data-batch-count]", "10,000 batches");
        browser.awaitText("[data-batch-pager]", "1 to 50 of 10,000");

        assertThat(browser.count(".batch-table tbody tr")).isEqualTo(50);
        assertThat(browser.count("*")).isLessThan(2_500);
        assertThat(fastestTurn())
                .as("milliseconds that a turn of the page takes")
                .isLessThan(100);
        browser.click("[data-batch-pager] button:last-child");
        browser.awaitText("[data-batch-pager]", "9,951 to 10,000 of 10,000");
        browser.awaitText(".batch-table tbody", "10000");
        browser.awaitText("[data-results-note]", "the first 200");
        browser.click("[data-more-results]");
        browser.awaitText("[data-results-note]", "the first 400");
        browser.click("[data-cancel]");
        browser.click(YES);
        browser.awaitText(".verdict", "Cancelled: 10,000 of 10,000 batches");
    }

    /** Of several: the machine may do something else besides. */
    private double fastestTurn() {
        return ((Number) browser.run("""
                const next = document.querySelector('[data-batch-pager] button:nth-of-type(3)');
                return Math.min(...Array.from({length: 8}, () => {
                    const before = performance.now();
                    next.click();
                    return performance.now() - before;
                }));
                """)).doubleValue();
    }

    @Test
    void theKeyboardIsEnough() {
        pause();
        openWith("paused");

        browser.tabTo("#ids");
        browser.press("21 22 23 24");
        browser.tabTo("[name=priority]");
        browser.press(Keys.ARROW_LEFT);
        browser.tabTo("[data-send]");
        browser.press(Keys.ENTER);
        browser.awaitText("[data-sent]", "Accepted");
        browser.tabTo("[data-sent] a");
        browser.press(Keys.ENTER);
        browser.awaitText(".facts", "High");
        assertThat(browser.run("return document.activeElement.tagName")).isEqualTo("H1");
        browser.tabTo("[data-cancel]");
        browser.press(Keys.ENTER);
        assertThat(browser.run("return document.activeElement.textContent")).isEqualTo("Leave it as it is");
        browser.press(Keys.ESCAPE);
        await().until(() -> browser.run("return document.activeElement.matches('[data-cancel]')")
                .equals(true));
        browser.press(Keys.ENTER);
        browser.tabTo(YES);
        browser.press(Keys.ENTER);

        browser.awaitText(".verdict", "Cancelled");
    }

    @Test
    void dispatchesAreSeenAsMarksWithTheirGaps() {
        served.submit(395, 30, "HIGH");
        openQueue();

        await().until(() -> browser.count(".strip .dispatch.high .mark .solid") >= 7);
        await().until(() -> browser.count(".strip path.gap") >= 7 && browser.count(".strip path.short") == 0);
        browser.click(".timeline summary");
        await().until(() -> browser.texts(".timeline tbody tr")
                .anyMatch(row -> row.contains("failed: id 404: the upstream answered with HTTP status 404")));
        browser.awaitText("[data-gaps]", "The interval is 300 ms.");
    }

    @Test
    void whatThereIsNotIsSaidSo() {
        browser.open(served.line.port(), "/#/ingestions/nothing");

        browser.awaitText(".missing", "There is no ingestion with the id nothing.");
        assertThat(browser.sees("#banner")).isFalse();
    }
}
