package dev.batchgate.postgres;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** Whether the database can be used, which readiness depends on; the dispatcher finds out every other second. Any thread may ask. */
class StoreHealth implements HealthIndicator {

    private final Database database;

    StoreHealth(Database database) {
        this.database = database;
    }

    @Override
    public Health health() {
        return database.trouble()
                .map(trouble -> Health.down().withDetail("reason", trouble).build())
                .orElseGet(() -> Health.up().build());
    }
}
