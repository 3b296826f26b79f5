package dev.batchgate.ingestion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchgate.ingestion.Listing.Listed;
import dev.batchgate.ingestion.OrdersContract.Desk;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How accepted ingestions are listed, whatever they are kept in; that each is as it stands, {@link InterleavingContract} shows. */
public abstract class ListingContract {

    private static final int SOME = 7;

    /** A fresh, empty one; settings are written {@code name=value}, without their prefix. */
    protected abstract Desk desk(String... settings);

    private Desk desk;

    @BeforeEach
    void aFreshDesk() {
        desk = desk("interval=1ms");
    }

    private UUID add(Priority priority, long... ids) {
        return desk.queue().add(Queues.submission(priority, Ids.of(ids)));
    }

    private List<UUID> idsBefore(long place, int limit) {
        return desk.listing().before(place, null, limit).stream()
                .map(listed -> listed.outline().id())
                .toList();
    }

    @Test
    void theNewestComesFirstWhateverItsPriorityAndAPageLeadsToTheNext() {
        List<UUID> newestFirst = new ArrayList<>();
        for (int i = 0; i < SOME; i++) {
            newestFirst.add(0, add(i % 2 == 0 ? Priority.HIGH : Priority.LOW, i + 1));
        }

        List<UUID> first = idsBefore(Listing.NEWEST, 3);
        assertThat(first).isEqualTo(newestFirst.subList(0, 3));
        UUID afterwards = add(Priority.HIGH, 9);
        List<UUID> second = idsBefore(desk.listing().place(first.get(2), null).orElseThrow(), 3);
        assertThat(second).isEqualTo(newestFirst.subList(3, 6));
        long last = desk.listing().place(second.get(2), null).orElseThrow();
        assertThat(idsBefore(last, 3)).isEqualTo(newestFirst.subList(6, SOME));
        assertThat(idsBefore(Listing.NEWEST, 1)).containsExactly(afterwards);
    }

    @Test
    void nothingIsBeforeTheOldestAndNobodyKnowsThePlaceOfWhatWasNeverAccepted() {
        assertThat(desk.listing().before(Listing.NEWEST, null, 1)).isEmpty();
        UUID oldest = add(Priority.LOW, 1);

        assertThat(idsBefore(desk.listing().place(oldest, null).orElseThrow(), 1))
                .isEmpty();
        assertThat(desk.listing().place(UUID.randomUUID(), null)).isEmpty();
    }

    @Test
    void whatHasEndedKeepsItsPlaceAndStandsNowhere() throws Exception {
        UUID ended = add(Priority.HIGH, 1, 2, 3, 4);
        UUID waiting = add(Priority.LOW, 1);
        Outcomes.completeNext(desk.queue());
        Batch last = desk.queue().take();
        desk.queue().finish(last, Outcomes.failed(last, "it broke"));

        List<Listed> listed = desk.listing().before(Listing.NEWEST, null, 2);

        assertThat(listed).extracting(one -> one.outline().id()).containsExactly(waiting, ended);
        assertThat(listed.get(0).standing().orElseThrow().own()).isOne();
        assertThat(listed.get(1).outline().status()).isEqualTo(IngestionStatus.FAILED);
        assertThat(listed.get(1).outline().progress()).isEqualTo(new Progress(2, 1, 1, 0));
        assertThat(listed.get(1).standing()).isEmpty();
    }
}
