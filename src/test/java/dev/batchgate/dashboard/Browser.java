package dev.batchgate.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.Rectangle;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogType;

/** A reader of the dashboard. What is looked for is waited for. */
final class Browser {

    private static final Path SCREENSHOTS = Path.of("target", "screenshots");
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final Duration LOOK = Duration.ofMillis(25);

    private final ChromeDriver driver;

    Browser(ChromeDriver driver) {
        this.driver = driver;
    }

    /** A page anew, as a reader has it whose system has that theme. */
    void open(int port, String path, Theme theme, int width, int height) {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 500));
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", theme.name()))));
        // From elsewhere: another fragment of the same page would not load it again.
        driver.get("about:blank");
        driver.get("http://127.0.0.1:%d%s".formatted(port, path));
    }

    void open(int port, String path) {
        open(port, path, Theme.light, 1320, 900);
    }

    enum Theme {
        light,
        dark
    }

    /** At once, and then often: there is much to look for, and most of it is there already. */
    private static ConditionFactory looking() {
        return await().pollDelay(Duration.ZERO).pollInterval(LOOK).atMost(PATIENCE);
    }

    /** The one that is seen. */
    WebElement find(String selector) {
        return looking()
                .ignoreExceptions()
                .until(() -> driver.findElement(By.cssSelector(selector)), WebElement::isDisplayed);
    }

    void awaitText(String selector, String text) {
        looking()
                .alias(selector + " with " + text)
                .ignoreException(StaleElementReferenceException.class)
                .untilAsserted(() -> assertThat(text(selector)).contains(text));
    }

    String text(String selector) {
        return driver.findElements(By.cssSelector(selector)).stream()
                .filter(WebElement::isDisplayed)
                .map(WebElement::getText)
                .findFirst()
                .orElse("");
    }

    boolean sees(String selector) {
        return driver.findElements(By.cssSelector(selector)).stream().anyMatch(WebElement::isDisplayed);
    }

    int count(String selector) {
        return driver.findElements(By.cssSelector(selector)).size();
    }

    /** Once it stands still: what moves away under the pointer, as when a message above it comes or goes, nobody hits. */
    void click(String selector) {
        looking().ignoreExceptions().untilAsserted(() -> {
            WebElement found = driver.findElement(By.cssSelector(selector));
            Rectangle before = found.getRect();
            driver.executeAsyncScript(
                    "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done()))");
            assertThat(found.getRect()).isEqualTo(before);
            found.click();
        });
    }

    void press(CharSequence... keys) {
        new Actions(driver).sendKeys(keys).perform();
    }

    /** Goes on with the keyboard until that has the focus. */
    void tabTo(String selector) {
        for (int i = 0; i < 60; i++) {
            press(Keys.TAB);
            if (Boolean.TRUE.equals(run("return document.activeElement.matches(arguments[0])", selector))) {
                return;
            }
        }
        throw new AssertionError("the keyboard does not get to " + selector);
    }

    Object run(String script, Object... arguments) {
        return Objects.requireNonNullElse(driver.executeScript(script, arguments), "");
    }

    /** What the console has seen since it was asked last, but for answers that were errors, and meant to be. */
    List<String> complaints() {
        return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
                .map(entry -> entry.getLevel() + " " + entry.getMessage())
                .filter(message -> !message.contains("Failed to load resource"))
                .toList();
    }

    /** What axe finds serious or worse. */
    List<?> barriers() {
        run(axe());
        return (List<?>) Objects.requireNonNull(driver.executeAsyncScript("""
                const done = arguments[arguments.length - 1];
                axe.run(document, {resultTypes: ['violations']}).then(found => done(found.violations
                    .filter(each => each.impact === 'serious' || each.impact === 'critical')
                    .map(each => each.id + ': ' + each.nodes.map(node => node.html).slice(0, 3).join(' ; '))));
                """));
    }

    private static String axe() {
        try (InputStream script = Browser.class.getResourceAsStream("/axe.min.js")) {
            return new String(Objects.requireNonNull(script).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /** All cookies. */
    void forget() {
        driver.manage().deleteAllCookies();
    }

    boolean scrollsSideways() {
        return Boolean.TRUE.equals(
                run("return document.documentElement.scrollWidth > document.documentElement.clientWidth"));
    }

    /** Of what is in the window, kept as output of the build. */
    void screenshot(String name) {
        screenshot(SCREENSHOTS.resolve(name + ".png"));
    }

    void screenshot(Path file) {
        try {
            Files.createDirectories(file.getParent());
            Files.write(file, driver.getScreenshotAs(OutputType.BYTES));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** All texts that match, as they are seen. */
    Stream<String> texts(String selector) {
        return driver.findElements(By.cssSelector(selector)).stream().map(WebElement::getText);
    }
}
