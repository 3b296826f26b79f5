package dev.batchgate.local;

import dev.batchgate.ingestion.Ingestion;
import dev.batchgate.ingestion.Orders;
import dev.batchgate.ingestion.Priority;
import dev.batchgate.ingestion.QueueState;
import java.util.Optional;
import java.util.UUID;

/** Orders about one process's queue. Any thread gives them; they are carried out by the journal's, one by one. */
final class LocalOrders implements Orders {

    private final LocalQueue queue;
    private final QueueParts parts;
    private final Journal journal;

    LocalOrders(LocalQueue queue, QueueParts parts, Journal journal) {
        this.queue = queue;
        this.parts = parts;
        this.journal = journal;
    }

    @Override
    public Optional<Ingestion> cancel(UUID ingestionId) {
        Tracked open = parts.statuses().get(ingestionId);
        if (open != null) {
            journal.perform(new Cancellation(parts, open));
        }
        return queue.find(ingestionId);
    }

    @Override
    public Optional<Ingestion> move(UUID ingestionId, Priority priority) {
        Tracked open = parts.statuses().get(ingestionId);
        if (open != null) {
            journal.perform(new Move(parts, open, priority));
        }
        return queue.find(ingestionId);
    }

    @Override
    public Optional<Ingestion> retry(UUID ingestionId) {
        journal.perform(new Retrial(parts, ingestionId));
        return queue.find(ingestionId);
    }

    @Override
    public QueueState pause() {
        journal.perform(new Pausing(parts, true));
        return queue.state();
    }

    @Override
    public QueueState resume() {
        journal.perform(new Pausing(parts, false));
        return queue.state();
    }
}
