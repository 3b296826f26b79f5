package dev.batchgate.dashboard;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/**
 * One browser for all tests that want one, from the first of them to the end of the run. Where none is installed those
 * tests are skipped, and say so; with {@code -Dchromium.required=true} they fail.
 */
final class Chromium implements ExecutionCondition, ParameterResolver {

    private static final List<String> BROWSERS = List.of("chromium", "chromium-browser", "google-chrome", "chrome");
    private static final List<String> DRIVERS = List.of("chromedriver");
    private static final String MISSING =
            "NO CHROMIUM: the dashboard has not been tested. Install chromium and its chromedriver"
                    + " (Debian: chromium chromium-driver) to have it tested.";

    private record Running(ChromeDriver driver, Browser browser) implements AutoCloseable {
        @Override
        public void close() {
            driver.quit();
        }
    }

    /** Skips, and says so where a build's output is read. */
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        if (isThere() || Boolean.getBoolean("chromium.required")) {
            return ConditionEvaluationResult.enabled("there is a browser, or has to be");
        }
        if (context.getTestMethod().isEmpty()) {
            System.err.println("[WARNING] " + MISSING);
        }
        return ConditionEvaluationResult.disabled(MISSING);
    }

    private static boolean isThere() {
        return find(BROWSERS).isPresent() && find(DRIVERS).isPresent();
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Browser.class;
    }

    @Override
    public Browser resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot()
                .getStore(ExtensionContext.Namespace.create(Chromium.class))
                .computeIfAbsent(Running.class, same -> start(), Running.class)
                .browser();
    }

    private static Running start() {
        Path browser = find(BROWSERS).orElseThrow(() -> new AssertionError(MISSING));
        Path driver = find(DRIVERS).orElseThrow(() -> new AssertionError(MISSING));
        ChromeOptions options = new ChromeOptions();
        options.setBinary(browser.toFile());
        options.addArguments(
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--hide-scrollbars");
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        options.setCapability("goog:loggingPrefs", logs);
        ChromeDriver started = new ChromeDriver(
                new ChromeDriverService.Builder()
                        .usingDriverExecutable(driver.toFile())
                        .usingAnyFreePort()
                        .build(),
                options);
        return new Running(started, new Browser(started));
    }

    private static Optional<Path> find(List<String> names) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .flatMap(folder -> names.stream().map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
