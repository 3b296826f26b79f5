package dev.batchgate.local;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** Whether the store can be written, which readiness depends on. Any thread may ask. */
class StoreHealth implements HealthIndicator {

    private final Journal journal;

    StoreHealth(Journal journal) {
        this.journal = journal;
    }

    @Override
    public Health health() {
        return journal.trouble()
                .map(trouble -> Health.down()
                        .withDetail("reason", String.valueOf(trouble.getMessage()))
                        .build())
                .orElseGet(() -> Health.up().build());
    }
}
