package dev.batchgate.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchgate.ingestion.BatchQueue;
import dev.batchgate.ingestion.IdempotencyContract;
import dev.batchgate.ingestion.Ids;
import dev.batchgate.ingestion.Priority;
import dev.batchgate.ingestion.Submission;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class IdempotencyTests extends IdempotencyContract {

    private final TestInstallation installation = new TestInstallation();

    @AfterEach
    void close() {
        installation.close();
    }

    @Override
    protected BatchQueue queue(String... settings) {
        return installation.desk(settings).queue();
    }

    @Override
    protected BatchQueue another(String... settings) {
        return installation.desk(settings).queue();
    }

    @Test
    void manyAtOnceAtAllReplicasAreOneIngestionEach() throws Exception {
        List<BatchQueue> replicas = List.of(queue(), queue(), queue());
        ExecutorService threads = Executors.newFixedThreadPool(24);
        CyclicBarrier together = new CyclicBarrier(24);
        List<Future<List<UUID>>> answers = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            BatchQueue replica = replicas.get(i % replicas.size());
            answers.add(threads.submit(() -> {
                together.await();
                List<UUID> ids = new ArrayList<>();
                for (int key = 0; key < 10; key++) {
                    ids.add(replica.add(
                            new Submission(UUID.randomUUID(), Priority.LOW, Ids.of(1, 2, 3), 3, "key " + key)));
                }
                return ids;
            }));
        }
        threads.shutdown();

        Set<List<UUID>> different = new HashSet<>();
        for (Future<List<UUID>> answer : answers) {
            different.add(answer.get());
        }
        assertThat(different).hasSize(1);
        assertThat(installation.number("SELECT count(*) FROM ingestion")).isEqualTo(10);
        assertThat(installation.number("SELECT max(sequence) FROM ingestion")).isEqualTo(10);
    }
}
