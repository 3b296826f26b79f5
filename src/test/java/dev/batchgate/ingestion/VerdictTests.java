package dev.batchgate.ingestion;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class VerdictTests {

    private static final IdOutcome NO_CONNECTION = new IdOutcome.Missed("no connection", null, false);
    private static final IdOutcome BUSY = new IdOutcome.Missed("busy", 503, true);
    private static final IdOutcome GONE = new IdOutcome.Failed("gone", 410);
    private static final IdOutcome FETCHED = new IdOutcome.Fetched(Data.NONE);
    private static final IdOutcome WITHHELD = new IdOutcome.Withheld();
    private static final Batch BATCH = new Batch(UUID.randomUUID(), 0, List.of(1L, 2L, 3L));

    @Test
    void aProbeCostsWhatFoundNoConnectionNothing() {
        for (IdOutcome other : List.of(NO_CONNECTION, FETCHED, GONE, WITHHELD)) {
            for (boolean attemptsLeft : List.of(true, false)) {
                Verdict verdict = judge(attemptsLeft, true, NO_CONNECTION, other, FETCHED);

                assertThat(verdict.counts()).as("after %s", other).isFalse();
                assertThat(verdict.status()).isEqualTo(BatchStatus.TRIGGERED);
                assertThat(verdict.missing(List.of(0, 1, 2))).contains(0).doesNotContain(2);
            }
        }
    }

    @Test
    void whatIsNoProbeCostsAnAttempt() {
        assertThat(judge(true, false, NO_CONNECTION, FETCHED, FETCHED).counts()).isTrue();
        assertThat(judge(true, false, NO_CONNECTION, NO_CONNECTION, NO_CONNECTION)
                        .counts())
                .isTrue();

        Verdict last = judge(false, false, NO_CONNECTION, FETCHED, FETCHED);
        assertThat(last.status()).isEqualTo(BatchStatus.FAILED);
        assertThat(last.error()).isEqualTo("id 1: no connection; no attempts are left");
    }

    @Test
    void aProbeThatFoundAConnectionForEveryIdCosts() {
        assertThat(judge(true, true, BUSY, FETCHED, GONE).counts()).isTrue();
        assertThat(judge(true, true, FETCHED, FETCHED, FETCHED).counts()).isTrue();
        assertThat(judge(true, true, FETCHED, WITHHELD, FETCHED).counts()).isTrue();
        assertThat(judge(false, true, BUSY, FETCHED, FETCHED).status()).isEqualTo(BatchStatus.FAILED);
    }

    @Test
    void aProbeCostsWhatIsAskedForAgainThoughItFoundAConnection() {
        Verdict verdict = judge(true, true, NO_CONNECTION, BUSY, FETCHED);

        assertThat(verdict.counts()).isTrue();
        assertThat(verdict.missing(List.of(0, 1, 2))).containsExactly(0, 1);
    }

    @Test
    void onItsLastAttemptWhatFoundAConnectionFailsAndTheRestIsAskedForAgain() {
        Verdict verdict = judge(false, true, NO_CONNECTION, BUSY, FETCHED);

        assertThat(verdict.counts()).isFalse();
        assertThat(verdict.status()).isEqualTo(BatchStatus.TRIGGERED);
        assertThat(verdict.ids())
                .containsExactly(NO_CONNECTION, new IdOutcome.Failed("busy; no attempts are left", 503), FETCHED);
        assertThat(verdict.after().failed()).isEqualTo("id 2: busy; no attempts are left");
    }

    @Test
    void whatWasCancelledIsNotAskedForAgainEvenAfterAProbe() {
        Verdict verdict =
                Verdict.of(BATCH, Outcomes.of(NO_CONNECTION, BUSY, FETCHED), Verdict.Before.NOTHING, false, true, true);

        assertThat(verdict.status()).isEqualTo(BatchStatus.CANCELLED);
        assertThat(verdict.ids()).containsExactly(new IdOutcome.Cancelled(), new IdOutcome.Cancelled(), FETCHED);
    }

    @Test
    void whatWasNotSentCostsNothingThoughNoAttemptsAreLeft() {
        Verdict verdict = judge(false, false, WITHHELD, WITHHELD, WITHHELD);

        assertThat(verdict.counts()).isFalse();
        assertThat(verdict.missing(List.of(0, 1, 2))).containsExactly(0, 1, 2);
    }

    @Test
    void itIsAProbeFromTheDispatchOnThatShowsThatTheUpstreamIsDownToTheOneThatFindsItBack() {
        Outcome none = Outcomes.of(NO_CONNECTION, NO_CONNECTION, NO_CONNECTION);
        Outcome some = Outcomes.of(NO_CONNECTION, FETCHED, FETCHED);

        assertThat(none.isProbe(1, 3)).isFalse();
        assertThat(none.isProbe(2, 3)).isTrue();
        assertThat(some.isProbe(2, 3)).isFalse();
        assertThat(some.isProbe(3, 3)).isTrue();
    }

    private static Verdict judge(boolean attemptsLeft, boolean probe, IdOutcome... outcomes) {
        return Verdict.of(BATCH, Outcomes.of(outcomes), Verdict.Before.NOTHING, attemptsLeft, probe, false);
    }
}
