package dev.batchgate.ingestion;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a submission would get, were it made, and who would pay for it.
 *
 * @param batches that it would be cut into
 * @param behind batches that wait behind it, those of retries included
 * @param pushedBack ingestions that would be completed later, the most urgent first; while the queue is paused, when
 *     nobody knows, those that are behind it
 * @param more whether there are further ones
 */
record Prospect(int batches, Forecast forecast, long behind, List<PushedBack> pushedBack, boolean more) {

    /**
     * An ingestion that would be completed later.
     *
     * @param completionAt when it is completed if the submission is not made; null where nobody knows
     * @param wouldBeAt when it is completed if it is; null likewise
     */
    record PushedBack(
            UUID id,
            Priority priority,
            @Nullable Instant completionAt,
            @Nullable Instant wouldBeAt) {}

    Prospect {
        pushedBack = List.copyOf(pushedBack);
    }

    /**
     * @param most how many are listed
     * @param caller for whom; what it does not see is not named, and none of its own that is behind too many of others
     */
    static Prospect of(Lineup lineup, int batches, int most, Caller caller) {
        List<PushedBack> all = lineup.pace().paused() ? behind(lineup, caller) : pushedBack(lineup, batches, caller);
        return new Prospect(
                batches,
                Forecast.of(lineup.standing(batches, caller.name())).orElseThrow(),
                lineup.waitingBehind(),
                all.subList(0, Math.min(most, all.size())),
                all.size() > most || lineup.mayPushBackMore(caller));
    }

    private static List<PushedBack> behind(Lineup lineup, Caller caller) {
        return lineup.behind().stream()
                .filter(queued -> queued.place().priority().compareTo(lineup.priority()) > 0)
                .filter(queued -> caller.sees(queued.place().owner()))
                .map(queued ->
                        new PushedBack(queued.place().id(), queued.place().priority(), null, null))
                .toList();
    }

    private static List<PushedBack> pushedBack(Lineup lineup, int batches, Caller caller) {
        List<Long> without = lineup.completions(0, null);
        List<Long> with = lineup.completions(batches, caller.name());
        List<PushedBack> later = new ArrayList<>();
        for (int i = 0; i < with.size(); i++) {
            Lineup.Place place = lineup.behind().get(i).place();
            // What waits for a retry of its own, late enough, is not.
            boolean isLater = with.get(i) > without.get(i) || without.get(i) >= SlotTimes.FOREVER;
            if (isLater && caller.sees(place.owner())) {
                later.add(new PushedBack(
                        place.id(),
                        place.priority(),
                        Forecast.at(lineup.now(), without.get(i)),
                        Forecast.at(lineup.now(), with.get(i))));
            }
        }
        return later;
    }
}
