package dev.batchgate.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchgate.ingestion.Ids;
import dev.batchgate.ingestion.Pace;
import dev.batchgate.ingestion.Priority;
import dev.batchgate.ingestion.Standing;
import dev.batchgate.ingestion.Verdict;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class LineTests {

    private static final Pace PACE = new Pace(false, 0, 0, 1, 1, List.of(), 0);

    private final Line line = new Line(new Backlog(1, List.of(), 0, 0, 0, 0, List.of(), false), 10);

    @Test
    void whoAsksWhereItStandsMakesNothingDueForWhoeverChoosesByAnEarlierClock() {
        Tracked ingestion = new Tracked(UUID.randomUUID(), Priority.LOW, Ids.of(1), 1, 1, 1);
        line.reserve(1);
        line.enter(ingestion);
        line.takeAway(line.choose(0).orElseThrow(), 1);
        Retry retry = new Retry(0, List.of(0), 1, Verdict.Before.NOTHING, new Moment(1, 100));
        ingestion.incomplete(retry, "not yet");
        line.await(ingestion, retry);

        Standing later = Standings.of(ingestion, line, new Moment(1, 101), PACE, List.of());
        assertThat(later.own()).isOne();
        assertThat(later.waits()).isEmpty();
        assertThat(line.choose(99)).isEmpty();
        assertThat(Standings.of(ingestion, line, new Moment(1, 98), PACE, List.of())
                        .waits())
                .containsExactly(new Standing.Wait(2, Standing.Urgency.OWN));
        assertThat(line.choose(100)).isPresent();
    }
}
