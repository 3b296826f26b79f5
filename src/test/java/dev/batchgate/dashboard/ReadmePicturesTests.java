package dev.batchgate.dashboard;

import static org.awaitility.Awaitility.await;

import dev.batchgate.FakeUpstream;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Makes the pictures of the README, of the service at its defaults after some minutes of work:
 * {@code ./mvnw test -Dtest=ReadmePicturesTests -Dreadme.pictures=true}.
 */
@ExtendWith(Chromium.class)
@EnabledIfSystemProperty(named = "readme.pictures", matches = "true")
class ReadmePicturesTests {

    private final Set<String> refused = ConcurrentHashMap.newKeySet();

    /** As an upstream is: some ids are unknown, and now and then it is too busy. */
    private boolean answer(FakeUpstream.Arrival arrival, Socket connection) throws Exception {
        String id = arrival.path().substring(arrival.path().lastIndexOf('/') + 1);
        long millis = 400 + Integer.parseInt(id) * 37L % 900;
        await().pollDelay(Duration.ofMillis(millis)).until(() -> true);
        boolean busy = Integer.parseInt(id) % 23 == 5 && refused.add(id);
        int status = id.endsWith("404") ? 404 : busy ? 503 : 200;
        return FakeUpstream.respond(
                connection,
                status,
                "{\"id\":%s,\"name\":\"Item %s\",\"in_stock\":%d}".formatted(id, id, Integer.parseInt(id) * 7 % 40),
                "Content-Type: application/json");
    }

    @Test
    @Timeout(value = 20, unit = TimeUnit.MINUTES)
    void takeThem(Browser browser, @TempDir Path store) throws Exception {
        try (Served served = new Served(store, this::answer)) {
            served.submit(1001, 90, "LOW");
            String shown = null;
            for (int minute = 0; minute < 8; minute++) {
                served.submit(4000 + 100 * minute, 7 + minute % 3 * 4, "MEDIUM");
                pass(Duration.ofSeconds(20));
                if (minute == 5) {
                    shown = served.submit(4395, 24, "HIGH");
                } else {
                    served.submit(7400 + minute, 4 + minute % 2 * 3, "HIGH");
                }
                pass(Duration.ofSeconds(30));
            }
            served.submit(2001, 60, "LOW");
            served.submit(8800, 14, "MEDIUM");
            served.submit(9400, 8, "HIGH");
            pass(Duration.ofSeconds(4));
            browser.open(served.port, "/", Browser.Theme.light, 1320, 1240);
            browser.find(".throughput canvas");
            browser.find("#ids").sendKeys("5001 5002 5003 5004 5005 5006 5007");
            browser.awaitText("[data-preview]", "3 batches");
            pass(Duration.ofSeconds(3));
            browser.screenshot(Path.of("docs", "dashboard.png"));
            browser.open(served.port, "/#/ingestions/" + shown, Browser.Theme.dark, 1100, 860);
            browser.awaitText("[data-results-note]", "24");
            browser.screenshot(Path.of("docs", "ingestion.png"));
        }
    }

    private static void pass(Duration time) {
        await().pollDelay(time).atMost(time.plusSeconds(5)).until(() -> true);
    }
}
