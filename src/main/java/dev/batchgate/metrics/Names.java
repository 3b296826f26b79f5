package dev.batchgate.metrics;

import dev.batchgate.ingestion.Priority;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.stream.Stream;

/** How metrics are named, labelled and cut into buckets. */
final class Names {

    static final String PREFIX = "batchgate.";
    static final String PRIORITY = "priority";
    static final String OUTCOME = "outcome";

    /** From a millisecond to an hour, where two to three share a power of ten. */
    private static final Duration[] TIMES = Stream.of(
                    1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 120_000, 300_000,
                    600_000, 1_800_000, 3_600_000)
            .map(Duration::ofMillis)
            .toArray(Duration[]::new);

    private static final double[] SIZES = {1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000};

    private Names() {}

    static String label(Priority priority) {
        return priority.name().toLowerCase(Locale.ROOT);
    }

    static Timer.Builder timer(String name, String description) {
        return Timer.builder(PREFIX + name).description(description).serviceLevelObjectives(TIMES);
    }

    static DistributionSummary.Builder sizes(String name, String description) {
        return DistributionSummary.builder(PREFIX + name)
                .description(description)
                .serviceLevelObjectives(SIZES);
    }
}
