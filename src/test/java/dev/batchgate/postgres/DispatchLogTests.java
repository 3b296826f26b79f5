package dev.batchgate.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchgate.ingestion.Batch;
import dev.batchgate.ingestion.DispatchLog;
import dev.batchgate.ingestion.DispatchLogContract;
import dev.batchgate.ingestion.OrdersContract.Desk;
import dev.batchgate.ingestion.Outcomes;
import dev.batchgate.ingestion.Priority;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DispatchLogTests extends DispatchLogContract {

    private static final int DISPATCHES = 300;

    private final TestInstallation installation = new TestInstallation();

    @AfterEach
    void close() {
        installation.close();
    }

    @Override
    protected Desk desk(String... settings) {
        return installation.desk(settings);
    }

    /** Many replicas give numbers, and whoever reads meanwhile never sees one before a smaller one. */
    @Test
    void whoReadsWhileReplicasDispatchMissesNothing() throws Exception {
        add(Priority.LOW, new long[3 * DISPATCHES]);
        List<CompletableFuture<Void>> replicas = new ArrayList<>();
        for (int replica = 0; replica < 3; replica++) {
            Desk member = installation.desk("interval=1ms", "max-in-flight=3");
            replicas.add(CompletableFuture.runAsync(() -> dispatch(member, DISPATCHES / 3)));
        }
        CompletableFuture<Void> all = CompletableFuture.allOf(replicas.toArray(CompletableFuture[]::new));

        List<DispatchLog.Entry> read = new ArrayList<>();
        long told = 0;
        while (!all.isDone() || told < desk().dispatches().last()) {
            List<DispatchLog.Entry> news = desk().dispatches().after(told, 50);
            read.addAll(news);
            told = news.isEmpty() ? told : news.get(news.size() - 1).change();
        }
        all.join();

        assertThat(read.stream().filter(entry -> entry.outcome() != null))
                .extracting(DispatchLog.Entry::slot)
                .hasSize(DISPATCHES)
                .doesNotHaveDuplicates();
    }

    private static void dispatch(Desk member, int times) {
        try {
            for (int i = 0; i < times; i++) {
                Batch batch = member.queue().take();
                member.queue().finish(batch, Outcomes.completed(batch));
            }
        } catch (InterruptedException stopped) {
            throw new AssertionError(stopped);
        }
    }
}
