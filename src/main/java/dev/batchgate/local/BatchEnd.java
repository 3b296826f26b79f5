package dev.batchgate.local;

import dev.batchgate.ingestion.Backoff;
import dev.batchgate.ingestion.BatchStatus;
import dev.batchgate.ingestion.DispatchOutcome;
import dev.batchgate.ingestion.LogKeys;
import dev.batchgate.ingestion.Micros;
import dev.batchgate.ingestion.Outcome;
import dev.batchgate.ingestion.RetryProperties;
import dev.batchgate.ingestion.Verdict;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * How one dispatch ends, for its batch and for each of its ids. Made, written and applied by the journal's thread.
 *
 * @param retry what is still to be fetched; null if the batch has ended
 */
record BatchEnd(
        Flight flight,
        Outcome outcome,
        Verdict verdict,
        @Nullable Retry retry,
        Moment now) {

    private static final String END_DISPATCH = """
            UPDATE dispatch SET outcome = ?, reason = ?, batch_status = ?, batch_end_at = ?, departed_ticks = ?, ended_at = ?,
              ended_ticks = ?, retry_at = ?, retry_ticks = ?, hold_until = ?, hold_ticks = ?, hold_micros = ?
            WHERE slot = ?""";

    private static final Logger log = LoggerFactory.getLogger(BatchEnd.class);

    /**
     * @param probe whether the upstream was taken to be down, and others wait for it to be back
     * @param free the earliest moment at which it could have another slot
     */
    static BatchEnd judge(
            Flight flight,
            Outcome outcome,
            boolean probe,
            RetryProperties retries,
            Backoff backoff,
            Moment now,
            Moment free) {
        Choice choice = flight.choice();
        boolean attemptsLeft = choice.counted() < retries.maxAttempts();
        boolean withdrawn = choice.ingestion().isWithdrawn(choice.index());
        Verdict verdict = Verdict.of(choice.batch(), outcome, choice.before(), attemptsLeft, probe, withdrawn);
        if (verdict.status() != BatchStatus.TRIGGERED) {
            return new BatchEnd(flight, outcome, verdict, null, now);
        }
        boolean counts = verdict.counts();
        Duration wait = counts ? backoff.draw(retries.longestBackoff(choice.counted())) : Duration.ZERO;
        Retry retry = new Retry(
                choice.index(),
                verdict.missing(choice.places()),
                choice.counted() - (counts ? 0 : 1),
                verdict.after(),
                Moment.later(now.plus(wait), free));
        return new BatchEnd(flight, outcome, verdict, retry, now);
    }

    /** @param hold until when the upstream closed the gate; null if it did not */
    void write(StoreWriter store, @Nullable Moment hold) throws SQLException {
        Tracked ingestion = flight.ingestion();
        store.update(
                END_DISPATCH,
                DispatchOutcome.of(outcome, verdict),
                verdict.error(),
                retry == null ? verdict.status().name().toLowerCase(Locale.ROOT) : null,
                retry == null ? now.micros() : null,
                flight.departedTicks(),
                now.micros(),
                now.ticks(),
                retry == null ? null : retry.due().micros(),
                retry == null ? null : retry.due().ticks(),
                hold == null ? null : hold.micros(),
                hold == null ? null : hold.ticks(),
                hold == null ? null : hold.micros() - now.micros(),
                flight.slot());
        int first = flight.choice().index() * ingestion.batchSize();
        for (int i = 0; i < verdict.ids().size(); i++) {
            int position = first + flight.choice().places().get(i);
            ResultRow.write(store, ingestion.sequence(), position, verdict.ids().get(i));
        }
        if (retry == null && ingestion.hasEnded(1)) {
            store.finish(ingestion.sequence(), now);
        }
    }

    void apply(Line line) {
        Tracked ingestion = flight.ingestion();
        String batch = flight.batch().id();
        if (retry != null) {
            ingestion.incomplete(retry, Objects.requireNonNull(verdict.error()));
            line.await(ingestion, retry);
            LogKeys.about(log.atLevel(verdict.counts() ? Level.INFO : Level.DEBUG), flight.batch())
                    .log(
                            "Batch {} is tried again at {}: {}",
                            batch,
                            Micros.instant(retry.due().micros()),
                            verdict.error());
            return;
        }
        ingestion.ended(flight.choice().index(), verdict.status(), verdict.error(), now.micros());
        if (verdict.status() == BatchStatus.FAILED) {
            LogKeys.about(log.atWarn(), flight.batch()).log("Batch {} failed: {}", batch, verdict.error());
        }
    }
}
