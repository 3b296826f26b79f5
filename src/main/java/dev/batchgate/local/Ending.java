package dev.batchgate.local;

import dev.batchgate.ingestion.Backoff;
import dev.batchgate.ingestion.BatchStatus;
import dev.batchgate.ingestion.Micros;
import dev.batchgate.ingestion.Outcome;
import java.sql.SQLException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An end is written, with all that it brought, and only then seen: whoever reads of it can rely on it. */
final class Ending implements Change<BatchEnd> {

    private static final Logger log = LoggerFactory.getLogger(Ending.class);

    private final QueueParts parts;
    private final Flight flight;
    private final Outcome outcome;
    private final @Nullable Moment hold;
    private final Backoff backoff;
    private @Nullable BatchEnd end;

    /** @param hold until when the upstream closed the gate with it; null if it did not */
    Ending(QueueParts parts, Flight flight, Outcome outcome, @Nullable Moment hold, Backoff backoff) {
        this.parts = parts;
        this.flight = flight;
        this.outcome = outcome;
        this.hold = hold;
        this.backoff = backoff;
    }

    @Override
    public boolean needsAllBefore() {
        return true;
    }

    @Override
    public boolean isUrgent() {
        return true;
    }

    @Override
    public BatchEnd write(StoreWriter store) throws SQLException {
        // With nobody behind it, a batch is not to be tried for ever.
        boolean othersWait = parts.flights().size() > 1 || !parts.line().isEmpty();
        boolean probe = othersWait && parts.reachability().isProbe(outcome);
        Moment now = parts.now();
        BatchEnd judged = BatchEnd.judge(
                flight,
                outcome,
                probe,
                parts.retries(),
                backoff,
                now,
                parts.upcoming().after(now));
        judged.write(store, hold);
        end = judged;
        return judged;
    }

    @Override
    public void committed() {
        if (!outcome.isUnsent()) {
            parts.reachability().saw(outcome);
        }
        BatchEnd judged = Objects.requireNonNull(end);
        judged.apply(parts.line());
        if (judged.verdict().status() == BatchStatus.COMPLETED) {
            parts.fetches().add(judged.now().ticks() - flight.departedTicks());
        }
        parts.changed(flight.ingestion());
        parts.flights().remove(flight.batch().id());
        parts.gate().ended(flight.batch());
        if (hold != null) {
            log.info(
                    "The upstream wants to be left alone until {}; the gate stays closed",
                    Micros.instant(hold.micros()));
        }
    }
}
