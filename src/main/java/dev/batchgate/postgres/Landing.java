package dev.batchgate.postgres;

import dev.batchgate.ingestion.BatchStatus;
import dev.batchgate.ingestion.DispatchOutcome;
import dev.batchgate.ingestion.IdOutcome;
import dev.batchgate.ingestion.Outcome;
import dev.batchgate.ingestion.RetryProperties;
import dev.batchgate.ingestion.Verdict;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How one dispatch ends, for its batch and for each of its ids.
 *
 * @param withdrawn whether the batch had been cancelled meanwhile, as far as was known
 * @param longestWait before the batch is dispatched again, at most; to be drawn
 */
record Landing(Flight flight, Outcome outcome, Verdict verdict, boolean withdrawn, Duration longestWait) {

    /** @param probe whether the upstream was taken to be down, and others wait for it to be back */
    static Landing of(Flight flight, Outcome outcome, boolean withdrawn, boolean probe, RetryProperties retries) {
        boolean attemptsLeft = flight.counted() < retries.maxAttempts();
        Verdict verdict = Verdict.of(flight.batch(), outcome, flight.before(), attemptsLeft, probe, withdrawn);
        Duration longest = verdict.counts() ? retries.longestBackoff(flight.counted()) : Duration.ZERO;
        return new Landing(flight, outcome, verdict, withdrawn, longest);
    }

    boolean isEnd() {
        return verdict.status() != BatchStatus.TRIGGERED;
    }

    /** As the ledger words it. */
    String word() {
        return DispatchOutcome.of(outcome, verdict);
    }

    @Nullable
    String endStatus() {
        return isEnd() ? verdict.status().name().toLowerCase(Locale.ROOT) : null;
    }

    /** Whether it shows that there is an upstream to fetch from. */
    boolean reached() {
        return outcome.ids().stream()
                .anyMatch(id -> !(id instanceof IdOutcome.Withheld)
                        && !(id instanceof IdOutcome.Missed missed && !missed.connected()));
    }
}
