package dev.batchgate.webhook;

import dev.batchgate.ingestion.Delivery;
import dev.batchgate.ingestion.Outline;
import dev.batchgate.ingestion.Priority;
import dev.batchgate.ingestion.Progress;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** Settings and deliveries for tests. */
final class Webhooks {

    /** Of the specification's own libraries. */
    static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private Webhooks() {}

    /** Settings are written {@code name=value}, without their prefix. */
    static WebhookProperties properties(String... settings) {
        Map<String, String> values = Stream.of(settings)
                .map(setting -> setting.split("=", 2))
                .collect(Collectors.toMap(setting -> "batchgate.webhook." + setting[0], setting -> setting[1]));
        return new Binder(new MapConfigurationPropertySource(values))
                .bindOrCreate("batchgate.webhook", WebhookProperties.class);
    }

    static InetAddress address(String text) throws UnknownHostException {
        return InetAddress.getAllByName(text)[0];
    }

    static Delivery delivery(String url, int counted) {
        return new Delivery(
                UUID.randomUUID(),
                url,
                URI.create(url).getAuthority(),
                Outline.of(
                        UUID.fromString("01a20d2f-b1e8-713a-a544-7626387cc9ae"),
                        Priority.HIGH,
                        Instant.parse("2026-01-01T00:00:00Z"),
                        new Progress(3, 1, 2, 0),
                        3),
                Instant.parse("2026-01-01T00:01:00.5Z"),
                counted,
                counted);
    }
}
