package dev.batchgate.ingestion;

import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** Settings and submissions for tests. */
public final class Queues {

    private static final int BATCH_SIZE = 3;

    private Queues() {}

    /** Settings are written {@code name=value}, without their prefix. */
    public static BatchgateProperties properties(String... settings) {
        return binder(settings).bindOrCreate("batchgate", BatchgateProperties.class);
    }

    public static RetryProperties retries(String... settings) {
        return binder(settings).bindOrCreate("batchgate.upstream", RetryProperties.class);
    }

    private static Binder binder(String... settings) {
        Map<String, String> values = Stream.of(settings)
                .map(setting -> setting.split("=", 2))
                .collect(Collectors.toMap(setting -> "batchgate." + setting[0], setting -> setting[1]));
        return new Binder(new MapConfigurationPropertySource(values));
    }

    public static Submission submission(Priority priority, Ids ids) {
        return new Submission(UUID.randomUUID(), priority, ids, BATCH_SIZE, null);
    }
}
