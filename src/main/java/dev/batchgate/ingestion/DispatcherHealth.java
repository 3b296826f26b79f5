package dev.batchgate.ingestion;

import java.time.Duration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** Whether slots are used: the dispatcher's thread lives, and no batch waits that could have left long ago. Any thread may ask. */
class DispatcherHealth implements HealthIndicator {

    /**
     * Longer than all that the dispatcher itself may wait for and go on afterwards: a second after a failure, two for
     * the next look into a database, up to eight for one that does not answer. Short enough for somebody to be called
     * before many slots are gone. It does not depend on the interval, since it counts only while the gate stands open.
     */
    static final Duration LONGEST = Duration.ofSeconds(30);

    private final Dispatcher dispatcher;
    private final BatchQueue queue;

    DispatcherHealth(Dispatcher dispatcher, BatchQueue queue) {
        this.dispatcher = dispatcher;
        this.queue = queue;
    }

    @Override
    public Health health() {
        if (!dispatcher.isAlive()) {
            return Health.down()
                    .withDetail("reason", "the dispatcher does not run")
                    .build();
        }
        try {
            Duration overdue = queue.overdue();
            return overdue.compareTo(LONGEST) > 0
                    ? Health.down()
                            .withDetail("reason", "a batch could have left %d s ago".formatted(overdue.toSeconds()))
                            .build()
                    : Health.up().build();
        } catch (Unavailable noStore) {
            // Which is for the store to say.
            return Health.unknown().build();
        }
    }
}
