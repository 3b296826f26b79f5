package dev.batchgate.ingestion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.batchgate.ingestion.OrdersContract.Desk;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every store tells of ingestions, whatever it keeps them in. */
public abstract class ChangesContract {

    /** A fresh, empty one; settings are written {@code name=value}, without their prefix. */
    protected abstract Desk desk(String... settings);

    /** Revisions that whoever was told of a change then saw. */
    private final Set<Long> seen = ConcurrentHashMap.newKeySet();

    private final Set<UUID> told = ConcurrentHashMap.newKeySet();
    private final AtomicInteger missed = new AtomicInteger();
    private final List<Long> revisions = new ArrayList<>();
    private Desk desk;

    @BeforeEach
    void somebodyWatches() {
        desk = desk("interval=1ms", "upstream.backoff=0ms", "upstream.max-attempts=2");
        desk.changes().watch(new Changes.Watcher() {
            @Override
            public void changed(UUID id) {
                told.add(id);
                seen.add(desk.queue().find(id).orElseThrow().revision());
            }

            @Override
            public void missedSome() {
                missed.incrementAndGet();
            }
        });
    }

    protected final Desk desk() {
        return desk;
    }

    /** How often watchers were told that they may have missed something. */
    protected final int missed() {
        return missed.get();
    }

    @Test
    void whoeverWatchesIsToldOfEachStepOnceItCanBeSeen() throws Exception {
        UUID id = add(1, 2, 3, 4, 5);
        steps(id, "to begin with", false);

        Batch first = desk.queue().take();
        steps(id, "dispatched", true);
        desk.queue().finish(first, Outcomes.missed(first, "not yet"));
        steps(id, "waits for its retry", true);
        first = desk.queue().take();
        steps(id, "dispatched again", true);
        desk.queue().finish(first, Outcomes.failed(first, "gone"));
        steps(id, "failed", true);
        desk.orders().move(id, Priority.HIGH);
        steps(id, "moved", true);
        desk.orders().cancel(id);
        steps(id, "cancelled", true);
        desk.orders().retry(id);
        steps(id, "asked for again", true);
        Outcomes.completeNext(desk.queue());
        steps(id, "ended", true);
        assertThat(told).containsExactly(id);
    }

    /** After a step it has a greater revision than before, and whoever was told saw it. */
    private void steps(UUID id, String step, boolean tells) {
        long revision = desk.queue().find(id).orElseThrow().revision();
        assertThat(revisions)
                .as("before it was %s", step)
                .allSatisfy(earlier -> assertThat(revision).isGreaterThan(earlier));
        revisions.add(revision);
        if (tells) {
            await().untilAsserted(() -> assertThat(seen).as(step).contains(revision));
        }
    }

    @Test
    void whatChangesNothingIsNoRevision() throws Exception {
        UUID id = add(1);
        UUID other = add(2);
        long revision = desk.queue().find(id).orElseThrow().revision();
        desk.orders().move(id, Priority.MEDIUM);
        Outcomes.completeNext(desk.queue());
        Outcomes.completeNext(desk.queue());
        long ended = desk.queue().find(id).orElseThrow().revision();
        desk.orders().cancel(id);

        assertThat(desk.queue().find(id).orElseThrow().revision())
                .isEqualTo(ended)
                .isGreaterThan(revision);
        assertThat(desk.queue().find(other).orElseThrow().revision()).isGreaterThan(revision);
    }

    private UUID add(long... ids) {
        return desk.queue().add(Queues.submission(Priority.MEDIUM, Ids.of(ids)));
    }
}
