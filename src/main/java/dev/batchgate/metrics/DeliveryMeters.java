package dev.batchgate.metrics;

import dev.batchgate.ingestion.DeliveryState;
import dev.batchgate.ingestion.DeliveryWatcher;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Counts attempts to tell of ends. Any thread may enter; each counter is made once, so that what has not happened is 0. */
final class DeliveryMeters implements DeliveryWatcher {

    private final Map<DeliveryState, Counter> attempts = new EnumMap<>(DeliveryState.class);

    DeliveryMeters(MeterRegistry registry) {
        Arrays.stream(DeliveryState.values())
                .forEach(state -> attempts.put(
                        state,
                        Counter.builder(Names.PREFIX + "webhook.attempts")
                                .description("Attempts to tell of an end, by what has become of the delivery with them")
                                .tag(Names.OUTCOME, label(state))
                                .register(registry)));
    }

    private static String label(DeliveryState state) {
        return state == DeliveryState.PENDING ? "retried" : state.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public void attempted(DeliveryState state, @Nullable Integer status) {
        Objects.requireNonNull(attempts.get(state)).increment();
    }
}
