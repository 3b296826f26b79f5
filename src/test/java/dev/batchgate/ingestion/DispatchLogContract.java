package dev.batchgate.ingestion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchgate.ingestion.OrdersContract.Desk;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every store tells of its dispatches, whatever it keeps them in. */
public abstract class DispatchLogContract {

    /** A fresh, empty one; settings are written {@code name=value}, without their prefix. */
    protected abstract Desk desk(String... settings);

    private Desk desk;
    private DispatchLog log;

    @BeforeEach
    void aFreshDesk() {
        desk = desk("interval=1ms", "upstream.backoff=0ms", "upstream.max-attempts=2", "max-in-flight=3");
        log = desk.dispatches();
    }

    protected final Desk desk() {
        return desk;
    }

    @Test
    void nothingHasHappenedAtFirst() {
        assertThat(log.last()).isZero();
        assertThat(log.after(0, 10)).isEmpty();
        assertThat(log.latest(10)).isEmpty();
    }

    @Test
    void aDispatchIsToldWhenItBeginsAndAgainWhenItEnds() throws Exception {
        UUID id = add(Priority.HIGH, 1, 2, 3, 4);
        Batch batch = desk.queue().take();

        DispatchLog.Entry begun = only(log.after(0, 10));
        assertThat(begun.change()).isEqualTo(log.last()).isPositive();
        assertThat(begun.slot()).isOne();
        assertThat(begun.ingestionId()).isEqualTo(id);
        assertThat(begun.batchId()).isEqualTo(id + "-1");
        assertThat(begun.priority()).isEqualTo(Priority.HIGH);
        assertThat(begun.attempt()).isOne();
        assertThat(begun.acceptedAt())
                .isEqualTo(desk.queue().find(id).orElseThrow().createdAt());
        assertThat(begun.startedAt())
                .isEqualTo(desk.queue().find(id).orElseThrow().state(0).startedAt());
        assertThat(begun)
                .extracting(
                        DispatchLog.Entry::endedAt,
                        DispatchLog.Entry::outcome,
                        DispatchLog.Entry::error,
                        DispatchLog.Entry::nextAttemptAt)
                .containsOnlyNulls();

        desk.queue().finish(batch, Outcomes.missed(batch, "not yet"));
        DispatchLog.Entry ended = only(log.after(begun.change(), 10));
        assertThat(ended.change()).isGreaterThan(begun.change());
        assertThat(ended.slot()).isOne();
        assertThat(ended.outcome()).isEqualTo("incomplete");
        assertThat(ended.error()).contains("not yet");
        assertThat(ended.endedAt()).isNotNull().isAfterOrEqualTo(ended.startedAt());
        assertThat(ended.nextAttemptAt())
                .isEqualTo(desk.queue().find(id).orElseThrow().state(0).nextAttemptAt());
        assertThat(log.after(0, 10)).containsExactly(ended);
        assertThat(log.after(ended.change(), 10)).isEmpty();
    }

    /** Whoever goes on after what was read last, however little that is at a time, knows in the end what there is. */
    @Test
    void whoGoesOnWhereItStoppedMissesNothing() throws Exception {
        add(Priority.LOW, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        List<DispatchLog.Entry> read = new ArrayList<>();
        List<Batch> flying = new ArrayList<>();
        for (int step = 0; step < 3; step++) {
            flying.add(desk.queue().take());
            desk.queue().departed(flying.get(step));
            readOn(read);
        }
        for (int last = 2; last >= 0; last--) {
            desk.queue().finish(flying.get(last), Outcomes.completed(flying.get(last)));
        }
        boolean more = true;
        while (more) {
            more = readOn(read);
        }

        assertThat(read).extracting(DispatchLog.Entry::slot).containsExactly(1L, 2L, 3L, 3L, 2L, 1L);
        assertThat(read)
                .extracting(DispatchLog.Entry::outcome)
                .containsExactly(null, null, null, "completed", "completed", "completed");
        assertThat(read).isSortedAccordingTo((a, b) -> Long.compare(a.change(), b.change()));
        assertThat(log.latest(2)).isEqualTo(read.subList(4, 6));
        assertThat(log.latest(9)).isEqualTo(read.subList(3, 6));
        assertThat(log.last()).isEqualTo(read.get(5).change());
    }

    private boolean readOn(List<DispatchLog.Entry> read) {
        long told = read.isEmpty() ? 0 : read.get(read.size() - 1).change();
        return read.addAll(log.after(told, 1));
    }

    @Test
    void whatIsNotADispatchHasNoNumber() throws Exception {
        UUID id = add(Priority.LOW, 1);
        desk.orders().move(id, Priority.HIGH);
        desk.orders().pause();
        desk.orders().resume();
        desk.orders().cancel(id);

        assertThat(log.last()).isZero();
    }

    private static DispatchLog.Entry only(List<DispatchLog.Entry> entries) {
        assertThat(entries).hasSize(1);
        return entries.get(0);
    }

    protected final UUID add(Priority priority, long... ids) {
        return desk.queue().add(Queues.submission(priority, Ids.of(ids)));
    }
}
