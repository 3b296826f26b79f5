package dev.batchgate.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchgate.ingestion.Delivery;
import dev.batchgate.ingestion.OrdersContract.Desk;
import dev.batchgate.ingestion.Outbox;
import dev.batchgate.ingestion.OutboxContract;
import dev.batchgate.ingestion.Priority;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OutboxTests extends OutboxContract {

    private static final int MANY = 60;

    private final TestInstallation installation = new TestInstallation();
    private final MovedDatabaseTime time = installation.moveTime();

    @AfterEach
    void close() {
        installation.close();
    }

    @Override
    protected Desk desk(String... settings) {
        return installation.desk(settings);
    }

    @Override
    protected Outbox outbox() {
        return new PostgresOutbox(installation.database());
    }

    @Override
    protected void pass(Duration time) {
        this.time.pass(time);
    }

    @Override
    protected void deleteExpired() {
        Retention retention = new Retention(installation.database(), Duration.ofSeconds(1));
        for (boolean more = true; more; ) {
            more = retention.step();
        }
    }

    @Test
    void ofReplicasThatClaimTheSameAtOnceEachGetsOthersAndTogetherTheyGetAll() throws Exception {
        for (int i = 0; i < MANY; i++) {
            add("http://receiver.example", Priority.LOW, 1);
            completeNext();
        }
        List<UUID> all = new ArrayList<>(due().stream().map(Outbox.Due::id).toList());
        assertThat(all).hasSize(MANY);
        List<CompletableFuture<List<Delivery>>> replicas = new ArrayList<>();
        for (int replica = 0; replica < 4; replica++) {
            Collections.shuffle(all);
            List<UUID> wanted = List.copyOf(all);
            replicas.add(CompletableFuture.supplyAsync(() -> outbox().claim(wanted, Duration.ofMinutes(1))));
        }

        assertThat(replicas.stream().flatMap(claimed -> claimed.join().stream()))
                .extracting(Delivery::id)
                .containsExactlyInAnyOrderElementsOf(all);
    }

    /** Else nobody would send it for as long as the clock was wrong. */
    @Test
    void aLeaseFromBeforeTheClockWasSetBackKeepsNobodyWaiting() throws Exception {
        add("http://receiver.example", Priority.LOW, 1);
        completeNext();
        installation.number("UPDATE delivery SET lease_until = now_micros() + 3600000000 RETURNING 1");

        assertThat(due()).hasSize(1);
        assertThat(outbox().claim(List.of(due().get(0).id()), Duration.ofMinutes(1)))
                .hasSize(1);
    }
}
