package dev.batchgate.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TickerTests {

    @Test
    void nobodyIsWokenEarly() throws Exception {
        for (int i = 0; i < 200; i++) {
            long until = System.nanoTime() + 1_000_000;

            Ticker.SYSTEM.sleepUntil(until);

            assertThat(System.nanoTime() - until).isNotNegative();
        }
    }

    @Test
    void whoIsInterruptedStopsWaiting() {
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> Ticker.SYSTEM.sleepUntil(System.nanoTime() + 60_000_000_000L))
                .isInstanceOf(InterruptedException.class);
    }
}
