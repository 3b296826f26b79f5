package dev.batchgate.local;

import dev.batchgate.ingestion.Outcome;
import dev.batchgate.ingestion.QueueState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether there is an upstream to fetch from. It is down once so many dispatches in a row have found no connection; from
 * then on each slot probes, and costs no batch an attempt while others wait, until one finds a connection.
 *
 * <p>The journal's thread tells it; any thread asks for its state.
 */
final class Reachability {

    private static final Logger log = LoggerFactory.getLogger(Reachability.class);

    private final int downAfter;
    private int unreachableInARow;
    private volatile QueueState.UpstreamState state = new QueueState.UpstreamState(false, null);

    /** @param downAfter dispatches without a connection in a row that mean that the upstream is down */
    Reachability(int downAfter) {
        this.downAfter = downAfter;
    }

    QueueState.UpstreamState state() {
        return state;
    }

    /** Whether a dispatch that ends like this only tried whether the upstream is still down. */
    boolean isProbe(Outcome outcome) {
        return outcome.isProbe(unreachableInARow, downAfter);
    }

    /** A dispatch has ended. */
    void saw(Outcome outcome) {
        boolean wasDown = state.down();
        String error = outcome.noConnection();
        if (error == null) {
            unreachableInARow = 0;
            state = new QueueState.UpstreamState(false, null);
            if (wasDown) {
                log.info("The upstream is back");
            }
            return;
        }
        unreachableInARow = Math.min(downAfter, unreachableInARow + 1);
        boolean down = unreachableInARow == downAfter;
        state = new QueueState.UpstreamState(down, error);
        if (down && !wasDown) {
            log.warn("The upstream is down ({}); every slot probes until it is back", error);
        }
    }
}
