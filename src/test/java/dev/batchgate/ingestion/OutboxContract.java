package dev.batchgate.ingestion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchgate.ingestion.OrdersContract.Desk;
import dev.batchgate.ingestion.Outbox.Due;
import dev.batchgate.ingestion.Outbox.Entry;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every store does with the news of ends, on a clock that the test moves. */
public abstract class OutboxContract {

    private static final String URL = "https://Example.com:8443?token=secret";
    private static final Duration LEASE = Duration.ofSeconds(60);
    private static final Duration PATIENCE = Duration.ofDays(3);
    private static final int ALL = 1_000;

    /** A fresh, empty one; settings are written {@code name=value}, without their prefix. */
    protected abstract Desk desk(String... settings);

    /** Of the desk. */
    protected abstract Outbox outbox();

    protected abstract void pass(Duration time);

    /** Deletes what ended longer ago than a second. */
    protected abstract void deleteExpired();

    private Desk desk;
    private Outbox outbox;

    @BeforeEach
    void aFreshDesk() {
        desk = desk("interval=1ms", "upstream.backoff=0ms", "upstream.max-attempts=1");
        outbox = outbox();
    }

    protected final UUID add(String url, Priority priority, long... ids) {
        return desk.queue()
                .add(new Submission(
                        UUID.randomUUID(), priority, Ids.of(ids), 3, null, null, new Origin(null, url, null)));
    }

    protected final void completeNext() throws Exception {
        Outcomes.completeNext(desk.queue());
    }

    private void failNext() throws Exception {
        Batch batch = desk.queue().take();
        desk.queue().finish(batch, Outcomes.failed(batch, "gone"));
    }

    protected final List<Due> due() {
        return outbox.due(Set.of(), ALL, ALL);
    }

    private Delivery claimOnly() {
        List<Due> due = due();
        assertThat(due).hasSize(1);
        List<Delivery> claimed = outbox.claim(List.of(due.get(0).id()), LEASE);
        assertThat(claimed).hasSize(1);
        return claimed.get(0);
    }

    private static Attempt missed(Duration pause) {
        return new Attempt(DeliveryState.PENDING, 503, "HTTP status 503", pause, PATIENCE);
    }

    private static Attempt delivered() {
        return new Attempt(DeliveryState.DELIVERED, 204, null, Duration.ZERO, PATIENCE);
    }

    private static Attempt gone() {
        return new Attempt(DeliveryState.GONE, 410, "HTTP status 410", Duration.ZERO, PATIENCE);
    }

    private Entry only(UUID ingestion) {
        List<Entry> entries = outbox.of(ingestion);
        assertThat(entries).hasSize(1);
        return entries.get(0);
    }

    @Test
    void anEndIsToldAsItWasAndNothingIsToldBefore() throws Exception {
        UUID id = add(URL, Priority.LOW, 1, 2, 3, 4);
        desk.orders().move(id, Priority.HIGH);
        completeNext();
        assertThat(due()).isEmpty();
        completeNext();

        Delivery delivery = claimOnly();

        Ingestion ended = desk.queue().find(id).orElseThrow();
        assertThat(delivery.url()).isEqualTo(URL);
        assertThat(delivery.host()).isEqualTo("example.com:8443");
        assertThat(delivery.ended()).isEqualTo(ended.outline());
        assertThat(delivery.ended().status()).isEqualTo(IngestionStatus.COMPLETED);
        assertThat(delivery.ended().priority()).isEqualTo(Priority.HIGH);
        assertThat(delivery.endedAt()).isEqualTo(ended.state(1).finishedAt());
        assertThat(delivery.attempt()).isOne();
        assertThat(delivery.toString()).doesNotContain("secret");
    }

    @Test
    void whoGaveNoUrlIsToldNothing() throws Exception {
        UUID id = add(null, Priority.LOW, 1);
        completeNext();

        assertThat(due()).isEmpty();
        assertThat(outbox.of(id)).isEmpty();
    }

    @Test
    void whatWasAskedForAgainEndsASecondTimeUnderANewId() throws Exception {
        UUID id = add(URL, Priority.LOW, 1, 2, 3, 4);
        completeNext();
        failNext();
        Entry first = only(id);
        assertThat(first.event()).isEqualTo(IngestionStatus.FAILED);
        pass(Duration.ofSeconds(1));

        desk.orders().retry(id);
        assertThat(outbox.of(id)).containsExactly(first);
        completeNext();

        List<Entry> both = outbox.of(id);
        assertThat(both).extracting(Entry::event).containsExactly(IngestionStatus.COMPLETED, IngestionStatus.FAILED);
        assertThat(both.get(1)).isEqualTo(first);
        assertThat(both.get(0).id()).isNotEqualTo(first.id());
        assertThat(outbox.claim(List.of(first.id()), LEASE).get(0).ended().progress())
                .isEqualTo(new Progress(2, 1, 1, 0));
        assertThat(outbox.claim(List.of(both.get(0).id()), LEASE).get(0).ended().progress())
                .isEqualTo(new Progress(2, 2, 0, 0));
    }

    @Test
    void aCancellationIsAnEndAtOnceOrWithWhatWasInFlight() throws Exception {
        UUID never = add(URL, Priority.LOW, 1, 2, 3, 4);
        desk.orders().cancel(never);
        assertThat(claimOnly().ended())
                .extracting(Outline::status, Outline::progress)
                .containsExactly(IngestionStatus.CANCELLED, new Progress(2, 0, 0, 2));

        UUID partly = add(URL, Priority.LOW, 1, 2, 3, 4, 5, 6, 7);
        completeNext();
        Batch flying = desk.queue().take();
        desk.orders().cancel(partly);
        assertThat(outbox.of(partly)).isEmpty();
        desk.queue().finish(flying, Outcomes.completed(flying));
        assertThat(claimOnly().ended())
                .extracting(Outline::status, Outline::progress)
                .containsExactly(IngestionStatus.CANCELLED, new Progress(3, 2, 0, 1));
    }

    @Test
    void whatIsClaimedIsNobodyElsesUntilTheLeaseIsOver() throws Exception {
        UUID id = add(URL, Priority.LOW, 1);
        completeNext();
        Delivery first = claimOnly();

        assertThat(due()).isEmpty();
        assertThat(outbox.claim(List.of(first.id()), LEASE)).isEmpty();
        pass(LEASE.plusMillis(1));
        Delivery second = claimOnly();
        assertThat(second.id()).isEqualTo(first.id());
        assertThat(second.attempt()).isEqualTo(2);

        assertThat(outbox.record(first, missed(Duration.ofHours(1)))).isEmpty();
        assertThat(outbox.record(first, gone())).isEmpty();
        assertThat(only(id).state()).isEqualTo(DeliveryState.PENDING);
        assertThat(outbox.record(first, delivered())).contains(DeliveryState.DELIVERED);
        assertThat(outbox.record(second, missed(Duration.ZERO))).isEmpty();
        assertThat(only(id))
                .extracting(Entry::state, Entry::lastStatus, Entry::lastError, Entry::nextAttemptAt)
                .containsExactly(DeliveryState.DELIVERED, 204, null, null);
        assertThat(only(id).endedAt()).isNotNull();
    }

    @Test
    void whatFailedIsDueAgainAfterThePauseUntilTimeIsUp() throws Exception {
        UUID id = add(URL, Priority.LOW, 1);
        completeNext();

        assertThat(outbox.record(claimOnly(), missed(Duration.ofMinutes(5)))).contains(DeliveryState.PENDING);
        assertThat(only(id))
                .extracting(Entry::attempts, Entry::lastStatus, Entry::lastError)
                .containsExactly(1, 503, "HTTP status 503");
        pass(Duration.ofMinutes(4));
        assertThat(due()).isEmpty();
        pass(Duration.ofMinutes(2));
        Delivery second = claimOnly();
        assertThat(second).extracting(Delivery::attempt, Delivery::counted).containsExactly(2, 2);

        pass(PATIENCE.minusMinutes(10));
        assertThat(outbox.record(second, missed(Duration.ofMinutes(1)))).contains(DeliveryState.PENDING);
        pass(Duration.ofMinutes(2));
        assertThat(outbox.record(claimOnly(), missed(Duration.ofMinutes(5)))).contains(DeliveryState.EXHAUSTED);
        pass(PATIENCE);
        assertThat(due()).isEmpty();
        assertThat(only(id)).extracting(Entry::attempts, Entry::nextAttemptAt).containsExactly(3, null);
    }

    @Test
    void whoeverIsGoneIsToldNothingMoreOfThatIngestion() throws Exception {
        UUID id = add(URL, Priority.LOW, 1);
        failNext();
        outbox.record(claimOnly(), missed(Duration.ofHours(1)));
        pass(Duration.ofSeconds(1));
        desk.orders().retry(id);
        failNext();
        UUID other = add(URL, Priority.LOW, 2);
        Due second = due().get(0);

        Delivery claimed = outbox.claim(List.of(second.id()), LEASE).get(0);
        assertThat(outbox.record(claimed, gone())).contains(DeliveryState.GONE);

        assertThat(outbox.of(id)).extracting(Entry::state).containsOnly(DeliveryState.GONE);
        pass(Duration.ofSeconds(1));
        desk.orders().retry(id);
        completeNext();
        completeNext();
        assertThat(outbox.of(id).get(0))
                .extracting(Entry::event, Entry::state, Entry::attempts)
                .containsExactly(IngestionStatus.COMPLETED, DeliveryState.GONE, 0);
        assertThat(only(other).state()).isEqualTo(DeliveryState.PENDING);
        pass(Duration.ofDays(1));
        assertThat(due()).hasSize(1);
    }

    @Test
    void whateverBecameOfItItIsSentAgainWhenSomebodyAsks() throws Exception {
        UUID id = add(URL, Priority.LOW, 1);
        completeNext();
        Delivery first = claimOnly();
        assertThat(outbox.redeliver(id, first.id()).orElseThrow().attempts()).isOne();
        assertThat(due()).as("it is being sent").isEmpty();
        for (Attempt end : List.of(delivered(), gone(), missed(PATIENCE.plusDays(1)), missed(Duration.ofHours(1)))) {
            outbox.record(first, end);
            pass(Duration.ofDays(10));
            assertThat(outbox.redeliver(id, first.id()).orElseThrow())
                    .extracting(Entry::id, Entry::state, Entry::endedAt)
                    .containsExactly(first.id(), DeliveryState.PENDING, null);
            Delivery again = claimOnly();
            assertThat(again.counted()).isOne();
            assertThat(again.attempt()).isEqualTo(first.attempt() + 1);
            first = again;
        }
        assertThat(outbox.record(first, missed(Duration.ofHours(1))))
                .as("with all its time anew")
                .contains(DeliveryState.PENDING);

        assertThat(outbox.redeliver(id, UUID.randomUUID())).isEmpty();
        assertThat(outbox.redeliver(UUID.randomUUID(), first.id())).isEmpty();
    }

    @Test
    void theTimeCountsFromTheFirstAttemptHoweverLongNobodySentAnything() throws Exception {
        add(URL, Priority.LOW, 1);
        completeNext();
        pass(PATIENCE.multipliedBy(2));

        assertThat(outbox.record(claimOnly(), missed(Duration.ofMinutes(5)))).contains(DeliveryState.PENDING);
    }

    @Test
    void hostsThatAreBusyAreLeftOutAndWhoWaitsLongestComesFirst() throws Exception {
        add("http://slow.example/a?b", Priority.LOW, 1);
        UUID second = add("http://other.example", Priority.LOW, 2);
        UUID third = add("http://third.example/", Priority.LOW, 3);
        for (int i = 0; i < 3; i++) {
            completeNext();
            pass(Duration.ofSeconds(1));
        }

        assertThat(due()).extracting(Due::host).containsExactly("slow.example", "other.example", "third.example");
        assertThat(outbox.due(Set.of("slow.example", "third.example"), ALL, ALL))
                .extracting(Due::id)
                .containsExactly(only(second).id());
        assertThat(outbox.due(Set.of("slow.example", "other.example"), ALL, 1))
                .extracting(Due::id)
                .containsExactly(only(third).id());
        assertThat(outbox.due(Set.of(), ALL, 1)).extracting(Due::host).containsExactly("slow.example");
        add("http://slow.example/c", Priority.LOW, 4);
        completeNext();
        assertThat(outbox.due(Set.of(), 1, ALL))
                .as("one of each")
                .extracting(Due::host)
                .containsExactly("slow.example", "other.example", "third.example");
    }

    @Test
    void aDeliveryGoesWithItsIngestionUnlessItIsStillToBeMade() throws Exception {
        UUID told = add(URL, Priority.LOW, 1);
        completeNext();
        outbox.record(claimOnly(), delivered());
        UUID untold = add(URL, Priority.LOW, 2);
        completeNext();
        add(URL, Priority.LOW, 3);
        pass(Duration.ofDays(1));

        deleteExpired();

        assertThat(desk.queue().find(untold)).isEmpty();
        assertThat(outbox.of(told)).isEmpty();
        Delivery left = claimOnly();
        assertThat(left.ended().id()).isEqualTo(untold);
        outbox.record(left, delivered());
        assertThat(outbox.of(untold)).isEmpty();
    }
}
