package dev.batchgate.ingestion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchgate.ingestion.Standing.Urgency;
import dev.batchgate.ingestion.Standing.Wait;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** The forecast in stretches, against a queue that is played slot by slot. */
class ForecastTests {

    private static final int HISTORIES_A_TEST = 2_000;

    private static final Instant NOW = Instant.EPOCH;

    private static Pace pace(long opensIn, long interval, int maxInFlight, long fetch, Long... inFlight) {
        return new Pace(false, opensIn, 0, interval, maxInFlight, List.of(inFlight), fetch);
    }

    private static Standing standing(Pace pace, long higher, long earlier, long own, long behind, Wait... waits) {
        return new Standing(NOW, pace, higher, earlier, own, behind, List.of(waits), List.of());
    }

    @RepeatedTest(10)
    void foretellsWhatHappens(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        for (int i = 0; i < HISTORIES_A_TEST; i++) {
            Drawn drawn = any(random);
            Standing standing = drawn.standing();
            assertThat(Forecast.of(standing).orElseThrow()).as("%s", drawn).satisfies(forecast -> {
                Played played = Played.of(standing, drawn.waits());
                assertThat(forecast.position()).isEqualTo(played.before);
                assertThat(forecast.startAt()).isEqualTo(NOW.plusNanos(played.first));
                assertThat(forecast.completionAt()).isEqualTo(NOW.plusNanos(played.completion));
            });
        }
    }

    /** @param waits all of them, whether or not they come to anything */
    private record Drawn(Standing standing, List<Wait> waits) {}

    private static Drawn any(Random random) {
        int interval = 1 + random.nextInt(9);
        int maxInFlight = 1 + random.nextInt(4);
        long fetch = random.nextInt(60);
        List<Long> inFlight = Stream.generate(() -> (long) random.nextInt(70))
                .limit(random.nextInt(maxInFlight + 3))
                .toList();
        Pace pace = new Pace(
                false,
                random.nextInt(interval + 1),
                random.nextInt(3) == 0 ? random.nextInt(40) : 0,
                interval,
                maxInFlight,
                inFlight,
                fetch);
        List<Wait> waits = Stream.generate(() -> new Wait(
                        random.nextInt(400) - 10L,
                        List.of(Urgency.BEFORE, Urgency.OWN, Urgency.BEHIND).get(random.nextInt(3))))
                .limit(random.nextInt(8))
                .sorted(Comparator.comparing(Wait::dueIn))
                .toList();
        long own = random.nextInt(30);
        boolean none = own == 0 && waits.stream().noneMatch(wait -> wait.urgency() == Urgency.OWN);
        Standing standing = new Standing(
                NOW,
                pace,
                random.nextInt(20),
                random.nextInt(3) == 0 ? random.nextInt(90) : 0,
                none ? 1 : own,
                random.nextInt(2) == 0 ? random.nextInt(20) : 0,
                waits,
                inFlight.subList(0, random.nextInt(inFlight.size() + 1)));
        return new Drawn(standing, waits);
    }

    /** A queue, played nanosecond by nanosecond. */
    private static final class Played {
        private long before = -1;
        private long first;
        private long completion;

        static Played of(Standing standing, List<Wait> all) {
            Played played = new Played();
            Pace pace = standing.pace();
            List<Long> ends = new ArrayList<>();
            pace.inFlight().forEach(elapsed -> ends.add(Math.max(0, pace.fetch() - elapsed)));
            standing.ownInFlight()
                    .forEach(elapsed ->
                            played.completion = Math.max(played.completion, Math.max(0, pace.fetch() - elapsed)));
            List<Wait> waits = new ArrayList<>(all);
            long ahead = standing.higher() + standing.earlier();
            long own = standing.own();
            long behind = standing.behind();
            long opens = Math.max(pace.opensIn(), pace.closedFor());
            long dispatched = 0;
            for (long now = 0; own + standing.ownWaits() > 0; now++) {
                long time = now;
                for (Wait due :
                        waits.stream().filter(wait -> wait.dueIn() <= time).toList()) {
                    waits.remove(due);
                    switch (due.urgency()) {
                        case BEFORE -> ahead++;
                        case OWN -> own++;
                        case BEHIND -> behind++;
                    }
                }
                ends.removeIf(end -> end <= time);
                if (now < opens || ends.size() >= pace.maxInFlight() || ahead + own + behind == 0) {
                    if (own == 0 && waits.stream().noneMatch(wait -> wait.urgency() == Urgency.OWN)) {
                        break;
                    }
                    continue;
                }
                if (ahead > 0) {
                    ahead--;
                } else if (own > 0) {
                    own--;
                    played.first = played.before < 0 ? now : played.first;
                    played.before = played.before < 0 ? dispatched : played.before;
                    played.completion = Math.max(played.completion, now + pace.fetch());
                } else {
                    behind--;
                }
                dispatched++;
                ends.add(now + pace.fetch());
                opens = now + pace.interval();
            }
            return played;
        }
    }

    @Test
    void aMillionBatchesTakeNoLongerThanAFew() {
        Standing standing = standing(pace(0, 5, 3, 100), 0, 1_000_000_000_000L, 2, 0);

        // Three batches every 100 ns.
        assertThat(Forecast.of(standing).orElseThrow())
                .isEqualTo(new Forecast(
                        1_000_000_000_000L,
                        NOW.plusNanos(1_000_000_000_000L / 3 * 100 + 5),
                        NOW.plusNanos(1_000_000_000_000L / 3 * 100 + 10 + 100),
                        WaitingFor.EARLIER));
    }

    @Test
    void whatIsMoreThanALifetimeAwayIsNotToldToTheSecond() {
        long hour = 3_600_000_000_000L;
        assertThat(Forecast.of(standing(pace(0, hour, 1, 1), 0, 3_000_000, 3, 0)))
                .hasValue(new Forecast(3_000_000L, null, null, WaitingFor.EARLIER));
        assertThat(Forecast.of(standing(pace(0, Long.MAX_VALUE, 1_000_000, Long.MAX_VALUE), 1, 0, 3, 0))
                        .orElseThrow()
                        .startAt())
                .isNull();
        assertThat(Forecast.of(standing(pace(0, hour, 3, 1), 0, 1L << 50, 3, 0)))
                .hasValue(new Forecast(1L << 50, null, null, WaitingFor.EARLIER));
        assertThat(Forecast.of(standing(pace(0, hour, 1, 0), 0, 100_000, 3, 0))
                        .orElseThrow()
                        .startAt())
                .isEqualTo(NOW.plusSeconds(3_600L * 100_000));
    }

    @Test
    void howManyMayBeInFlightCostsNothingWhereTheyAreNot() {
        assertThat(Forecast.of(standing(pace(0, 1_000, Integer.MAX_VALUE, 10_000), 0, 1_000_000_000, 3, 0)))
                .hasValue(new Forecast(
                        1_000_000_000L,
                        NOW.plusNanos(1_000_000_000_000L),
                        NOW.plusNanos(1_000_000_000_000L + 2_000 + 10_000),
                        WaitingFor.EARLIER));
    }

    @Test
    void saysWhatItWaitsFor() {
        Pace open = pace(3, 5, 1, 1);
        assertThat(waitingFor(standing(open, 1, 1, 1, 1))).isEqualTo(WaitingFor.HIGHER_PRIORITY);
        assertThat(waitingFor(standing(open, 0, 1, 1, 1))).isEqualTo(WaitingFor.EARLIER);
        assertThat(waitingFor(standing(open, 0, 0, 1, 1))).isEqualTo(WaitingFor.SLOT);
        assertThat(waitingFor(standing(open, 1, 0, 0, 1, new Wait(9, Urgency.OWN))))
                .isEqualTo(WaitingFor.BACKOFF);
        assertThat(waitingFor(standing(pace(0, 5, 1, 9, 2L), 0, 0, 1, 0))).isEqualTo(WaitingFor.IN_FLIGHT);
        assertThat(waitingFor(new Standing(NOW, open, 1, 1, 0, 0, List.of(), List.of(3L))))
                .isEqualTo(WaitingFor.IN_FLIGHT);
        assertThat(waitingFor(standing(new Pace(false, 0, 7, 5, 1, List.of(), 1), 1, 0, 1, 0)))
                .isEqualTo(WaitingFor.UPSTREAM_RETRY_AFTER);
        assertThat(waitingFor(standing(new Pace(true, 0, 7, 5, 1, List.of(), 1), 1, 0, 1, 0)))
                .isEqualTo(WaitingFor.PAUSED);
        assertThat(Forecast.of(standing(open, 1, 1, 0, 1))).isEmpty();
    }

    private static WaitingFor waitingFor(Standing standing) {
        return Forecast.of(standing).orElseThrow().waitingFor();
    }
}
