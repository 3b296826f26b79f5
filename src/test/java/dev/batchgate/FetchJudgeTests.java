package dev.batchgate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchgate.Disturbances.Disturbance;
import dev.batchgate.Disturbances.Excuse;
import dev.batchgate.FetchLog.Fetch;
import dev.batchgate.ReplicaClients.Acknowledged;
import dev.batchgate.ReplicaClients.Submission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Who judges replicas sees each breach that there can be, and takes no excuse that is none. */
class FetchJudgeTests {

    private static final Duration INTERVAL = Duration.ofMillis(40);

    private final long now = System.nanoTime();
    private long look = TimeUnit.MILLISECONDS.toNanos(1);
    private final List<Fetch> fetches = new ArrayList<>();
    private final Disturbances disturbances = new Disturbances(Duration.ofSeconds(10), Duration.ofMillis(100));

    private void fetched(String key, String sender, int millis, int... ids) {
        for (int id : ids) {
            add(key, sender, millis, millis + 5, false, id);
        }
    }

    private void add(String key, String sender, int from, int to, boolean refused, int id) {
        fetches.add(new Fetch(key, id, sender, at(from) - look, at(from), at(to), refused));
    }

    private long at(int millis) {
        return now + TimeUnit.MILLISECONDS.toNanos(millis);
    }

    private FetchJudge judge() {
        return new FetchJudge(fetches, INTERVAL);
    }

    private Acknowledged acknowledged(String id, String priority, int asked, int answered, Integer... ids) {
        return new Acknowledged(id, new Submission("key-" + id, priority, List.of(ids), at(asked)), at(answered));
    }

    @Test
    void whatIsInOrderIsNotComplainedAbout() {
        fetched("a-1", "r1.1", 0, 1, 2, 3);
        fetched("a-2", "r2.1", 40, 4);
        fetched("b-1", "r1.1", 80, 5);

        assertThat(judge().starts()).hasSize(3);
        assertThat(judge().tooClose(0.95, 2)).isEmpty();
        assertThat(judge().underSeveralKeys()).isEmpty();
        assertThat(judge().repeatedWithoutReason(disturbances)).isEmpty();
        assertThat(judge().together(disturbances)).isEmpty();
    }

    @Test
    void batchesTooCloseAreSeenUnlessTheFirstMayHaveBeenNoticedLate() {
        fetched("a-1", "r1.1", 0, 1);
        fetched("b-1", "r2.1", 36, 2);
        assertThat(judge().tooClose(0.95, 9)).hasSize(1);
        assertThat(Duration.ofNanos(judge().leastGap())).isEqualTo(Duration.ofMillis(37));

        fetches.clear();
        look = TimeUnit.MILLISECONDS.toNanos(5);
        fetched("a-1", "r1.1", 0, 1);
        fetched("b-1", "r2.1", 36, 2);
        assertThat(judge().tooClose(0.95, 9)).isEmpty();
        assertThat(Duration.ofNanos(judge().leastCertain())).isEqualTo(Duration.ofMillis(5));
    }

    @Test
    void aStretchOfStartsThatAreEachALittleTooCloseIsSeen() {
        for (int i = 0; i <= 20; i++) {
            fetched("a-" + i, "r1.1", 39 * i, i);
        }

        assertThat(judge().tooClose(0.95, 20)).hasSize(1);
    }

    @Test
    void aRequestThatComesBehindThatOfAnotherBatchIsADispatchOfItsOwn() {
        fetched("a-1", "r1.1", 0, 1);
        fetched("b-1", "r2.1", 40, 2);
        fetched("a-1", "r1.1", 45, 3);

        assertThat(judge().tooClose(0.5, 9)).hasSize(1);
    }

    @Test
    void theSameIdAgainIsADispatchOfItsOwn() {
        fetched("a-1", "r1.1", 0, 1, 2);
        fetched("a-1", "r2.1", 10, 1, 2);

        assertThat(judge().starts()).hasSize(2);
        assertThat(judge().tooClose(0.5, 9)).hasSize(1);
    }

    @Test
    void aRepeatNeedsARefusalOrADisturbanceOfWhoeverWasFetching() {
        fetched("a-1", "r1.1", 0, 1);
        fetched("a-1", "r2.1", 40, 1);
        assertThat(judge().repeatedWithoutReason(disturbances)).hasSize(1);
        assertThat(judge().repeats()).isOne();

        disturbances.begin("r2.1", Excuse.REPEAT);
        disturbances.begin("r1.1", Excuse.NO_ANSWER);
        assertThat(judge().repeatedWithoutReason(disturbances)).hasSize(1);

        disturbances.begin("r1.1", Excuse.REPEAT);
        assertThat(judge().repeatedWithoutReason(disturbances)).isEmpty();
    }

    @Test
    void aDisturbanceThatWasOverIsNoExcuse() {
        Disturbance before = disturbances.begin("r1.1", Excuse.REPEAT, Excuse.NO_ANSWER);
        before.over();
        fetched("a-1", "r1.1", 200, 1);
        fetched("a-1", "r2.1", 240, 1);

        assertThat(judge().repeatedWithoutReason(disturbances)).hasSize(1);
        assertThat(disturbances.excuseNoAnswer("r1.1", at(200), at(240))).isTrue();
        assertThat(disturbances.excuseNoAnswer("r1.1", at(20_000), at(20_001))).isFalse();
    }

    @Test
    void whatCameBackAtOnceIsNotOnRecordBeforeTheRestOfItsBatchCame() {
        add("a-1", "r1.1", -1_000, -995, false, 1);
        add("a-1", "r1.1", -1_000, 500, false, 2);
        fetched("a-1", "r2.1", 3_000, 1, 2);
        disturbances.begin("r1.1", Excuse.REPEAT);

        assertThat(judge().repeatedWithoutReason(disturbances)).isEmpty();
    }

    @Test
    void oneThatIsStillToComeIsNone() {
        fetched("a-1", "r1.1", -1_000, 1);
        fetched("a-1", "r2.1", -900, 1);
        disturbances.begin(Disturbances.EVERYBODY, Excuse.REPEAT);

        assertThat(judge().repeatedWithoutReason(disturbances)).hasSize(1);
    }

    @Test
    void whatWasRefusedMayComeAgainAndTheRestOfItsBatchMayNot() {
        add("a-1", "r1.1", 0, 5, true, 10);
        add("a-1", "r1.1", 0, 5, false, 11);
        fetched("a-1", "r1.1", 100, 10, 11);

        assertThat(judge().repeatedWithoutReason(disturbances))
                .singleElement()
                .asString()
                .contains("id=11");
    }

    @Test
    void twoBatchesAtOnceAreOneTooMany() {
        add("a-1", "r1.1", 0, 60, false, 1);
        add("a-1", "r1.1", 1, 61, false, 2);
        add("b-1", "r2.1", 50, 55, false, 3);
        assertThat(judge().together(disturbances)).hasSize(2);

        disturbances.begin("r1.1", Excuse.REPEAT);
        assertThat(judge().together(disturbances)).isEmpty();
    }

    @Test
    void anIdUnderTwoKeysIsASubmissionTakenTwice() {
        fetched("a-1", "r1.1", 0, 1);
        fetched("b-1", "r1.1", 40, 1);

        assertThat(judge().underSeveralKeys()).hasSize(1);
    }

    @Test
    void whatIsSentAfterItWasCancelledIsSeen() {
        fetched("a-1", "r1.1", 0, 1);
        fetched("a-2", "r1.1", 40, 2);

        assertThat(judge().sentAfterTheyWereCancelled(Map.of("a-1", at(10), "a-2", at(20))))
                .singleElement()
                .asString()
                .contains("a-2");
    }

    @Test
    void whatIsMissingIsSeen() {
        fetched("a-1", "r1.1", 0, 1);

        assertThat(judge().lost(List.of(acknowledged("a", "LOW", -9, -8, 1, 2))))
                .containsExactly(2);
    }

    @Test
    void whoeverIsServedBeforeSomeoneMoreUrgentOrEarlierIsSeen() {
        List<Acknowledged> all = List.of(
                acknowledged("low", "LOW", -900, -890, 1),
                acknowledged("high", "HIGH", -800, -790, 2, 3, 4, 5),
                acknowledged("late", "LOW", -700, -690, 6));
        fetched("high-1", "r1.1", 0, 2, 3, 4);
        fetched("late-1", "r1.1", 40, 6);
        fetched("high-2", "r1.1", 80, 5);
        fetched("low-1", "r1.1", 120, 1);

        assertThat(judge().outOfTurn(all, Duration.ofMillis(100)))
                .hasSize(2)
                .allMatch(breach -> breach.startsWith("late-1"));
        assertThat(judge().outOfTurn(all, Duration.ofSeconds(2))).isEmpty();
    }
}
