package dev.batchgate.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * Whatever happens to an honest service, crashes, clocks that are set and retention included, or to honest replicas, with
 * or without an embedded store before them, nobody is accused; but somebody is as soon as a single slot goes to another
 * batch than the most urgent one.
 */
class HonestStoresTests {

    @Property(tries = 200)
    void nobodyIsAccused(@ForAll Random random) {
        try (HandMadeStore store = HandMadeStore.empty()) {
            requireNothing(new SimulatedHistory(random, false), store);
        }
    }

    @Property(tries = 200)
    void oneSlotThatWentToSomebodyElseIsSeen(@ForAll Random random) {
        try (HandMadeStore store = HandMadeStore.empty()) {
            requireCheat(new SimulatedHistory(random, true), store);
        }
    }

    /** A few, since a schema takes its time to be made; what there is to find, the folders below find as well. */
    @Property(tries = 10)
    void noReplicaIsAccused(@ForAll Random random) {
        try (HandMadeStore store = HandMadeStore.shared()) {
            requireNothing(SimulatedHistory.ofReplicas(random, false), store);
        }
    }

    @Property(tries = 10)
    void oneSlotThatAReplicaGaveToSomebodyElseIsSeen(@ForAll Random random) {
        try (HandMadeStore store = HandMadeStore.shared()) {
            requireCheat(SimulatedHistory.ofReplicas(random, true), store);
        }
    }

    /** The proof of one kind of store is that of the other, and a folder is made in no time. */
    @Property(tries = 200)
    void noneOfManyReplicasIsAccused(@ForAll Random random) {
        try (HandMadeStore store = HandMadeStore.empty()) {
            requireNothing(SimulatedHistory.ofReplicas(random, false), store);
        }
    }

    @Property(tries = 200)
    void oneSlotThatOneOfManyReplicasGaveToSomebodyElseIsSeen(@ForAll Random random) {
        try (HandMadeStore store = HandMadeStore.empty()) {
            requireCheat(SimulatedHistory.ofReplicas(random, true), store);
        }
    }

    /** Of a slot that was given by turns or ages, whatever is said of those but the truth. */
    @Property(tries = 100)
    void whatASlotTellsOfItsTurnIsChecked(@ForAll Random random, @ForAll("falseTurns") String falsehood) {
        try (HandMadeStore store = HandMadeStore.empty()) {
            new SimulatedHistory(random, false).write(store);
            boolean told = store.sql("UPDATE dispatch SET " + falsehood) > 0;

            assertThat(store.verify()).containsPattern(told ? "ledger: slot [0-9]+ has " : "violations   0");
        }
    }

    /** In the last slot that there is; of what has been deleted, nobody but the slots themselves can tell. */
    @Provide
    Arbitrary<String> falseTurns() {
        String last = " WHERE slot = (SELECT max(slot) FROM dispatch WHERE %s IS NOT NULL"
                + " AND ingestion IN (SELECT sequence FROM ingestion))";
        return Arbitraries.of(
                "turn = turn - 1" + last.formatted("turn"),
                "turn = NULL" + last.formatted("turn"),
                "owner = NULL" + last.formatted("owner"),
                "owner = coalesce(owner, '') || 'x'" + last.formatted("created_at"),
                "created_at = created_at + 1" + last.formatted("created_at"),
                "created_at = NULL" + last.formatted("created_at"));
    }

    private static void requireNothing(SimulatedHistory history, HandMadeStore store) {
        history.write(store);

        assertThat(store.verify()).contains("violations   0");
    }

    private static void requireCheat(SimulatedHistory history, HandMadeStore store) {
        history.write(store);

        assertThat(store.verify())
                .containsPattern(history.hasCheated() ? "(priority|FIFO|order|turn|aging): slot" : "violations   0");
    }
}
