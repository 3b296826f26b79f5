package dev.batchgate;

import dev.batchgate.ingestion.Batch;
import dev.batchgate.ingestion.Departure;
import dev.batchgate.ingestion.IdOutcome;
import dev.batchgate.ingestion.Outcome;
import dev.batchgate.ingestion.Upstream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The way to an upstream that comes back in the middle of a dispatch: of that one, the first id is asked for before, and
 * the rest after it. Otherwise, requests go their way all at once.
 */
final class ReturningUpstream implements Upstream {

    private final Upstream way;
    private final AtomicReference<Optional<Runnable>> comesBack = new AtomicReference<>(Optional.empty());

    ReturningUpstream(Upstream way) {
        this.way = way;
    }

    /** In the middle of the next dispatch. */
    void comeBack(Runnable how) {
        comesBack.set(Optional.of(how));
    }

    @Override
    public CompletionStage<Outcome> fetch(Batch batch, Departure departure) {
        Optional<Runnable> comeBack = comesBack.getAndSet(Optional.empty());
        if (comeBack.isEmpty()) {
            return way.fetch(batch, departure);
        }
        return way.fetch(part(batch, 0, 1), () -> {}).thenCompose(before -> {
            comeBack.get().run();
            return way.fetch(part(batch, 1, batch.ids().size()), departure).thenApply(after -> joined(before, after));
        });
    }

    private static Batch part(Batch batch, int from, int to) {
        return new Batch(batch.ingestionId(), batch.index(), batch.ids().subList(from, to));
    }

    private static Outcome joined(Outcome before, Outcome after) {
        List<IdOutcome> ids = new ArrayList<>(before.ids());
        ids.addAll(after.ids());
        return new Outcome(ids, after.closedFor());
    }
}
