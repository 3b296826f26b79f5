package dev.batchgate;

import dev.batchgate.FetchLog.Fetch;
import dev.batchgate.FetchLog.Start;
import dev.batchgate.ReplicaClients.Acknowledged;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Judges what several replicas sent by what an upstream saw of it: each method tells the breaches of one promise, none
 * where it was kept.
 */
final class FetchJudge {

    /** So long after its last answer a batch is on record, unless something was disturbed meanwhile. */
    private static final long RECORDING = TimeUnit.MILLISECONDS.toNanos(500);

    /** What the clock of the database may be slower by than that of the upstream, and then some. */
    private static final double CLOCKS = 0.998;

    private static final List<String> URGENCY = List.of("HIGH", "MEDIUM", "LOW");

    private final List<Fetch> fetches;
    private final List<Start> starts;
    private final Map<Fetch, Long> ends = new HashMap<>();
    private final Duration interval;

    FetchJudge(List<Fetch> fetches, Duration interval) {
        this.fetches = fetches;
        this.starts = FetchLog.starts(fetches, interval.toNanos() / 2);
        this.interval = interval;
        starts.forEach(start -> start.fetches().forEach(fetch -> ends.put(fetch, start.to())));
    }

    List<Start> starts() {
        return starts;
    }

    /** By this much batches have certainly been apart at most; they may have been closer. */
    long leastGap() {
        long least = Long.MAX_VALUE;
        for (int i = 1; i < starts.size(); i++) {
            least = Math.min(least, mostBetween(i - 1, i));
        }
        return least;
    }

    /** The longest time that the upstream took to notice a start. */
    long leastCertain() {
        return starts.stream()
                .mapToLong(start -> start.nanos() - start.notBefore())
                .max()
                .orElse(0);
    }

    /** How far two starts can have been apart, whenever between two looks each of them came. */
    private long mostBetween(int earlier, int later) {
        return starts.get(later).nanos() - starts.get(earlier).notBefore();
    }

    /**
     * Starts that were certainly too close, both those next to each other and over stretches of so many intervals, in
     * which many small trespasses become a large one.
     *
     * @param part of the interval that two starts have to be apart
     */
    List<String> tooClose(double part, int stretch) {
        List<String> breaches = new ArrayList<>();
        for (int i = 1; i < starts.size(); i++) {
            if (mostBetween(i - 1, i) < part * interval.toNanos()) {
                breaches.add("at most %.2f ms between %s and %s"
                        .formatted(mostBetween(i - 1, i) / 1e6, starts.get(i - 1), starts.get(i)));
            }
            if (i >= stretch && mostBetween(i - stretch, i) < CLOCKS * stretch * interval.toNanos()) {
                breaches.add("at most %.2f ms for %d intervals from %s"
                        .formatted(mostBetween(i - stretch, i) / 1e6, stretch, starts.get(i - stretch)));
            }
        }
        return breaches;
    }

    /** Ids of ingestions in full that were never fetched. */
    Set<Integer> lost(Collection<Acknowledged> ingestions) {
        Set<Integer> lost = new HashSet<>();
        ingestions.forEach(ingestion -> lost.addAll(ingestion.submission().ids()));
        fetches.forEach(fetch -> lost.remove(fetch.id()));
        return lost;
    }

    /** Ids that came under several keys: one submission became two ingestions. */
    List<String> underSeveralKeys() {
        Map<Integer, String> keys = new HashMap<>();
        return fetches.stream()
                .filter(fetch -> !fetch.key().equals(keys.merge(fetch.id(), fetch.key(), (first, second) -> first)))
                .map(Fetch::toString)
                .toList();
    }

    /** Fetches of what had been fetched, although nothing hid its outcome. */
    List<String> repeatedWithoutReason(Disturbances disturbances) {
        List<String> breaches = new ArrayList<>();
        Map<Integer, Fetch> last = new HashMap<>();
        for (Fetch fetch : fetches) {
            Fetch before = last.put(fetch.id(), fetch);
            if (before != null && !before.refused() && !isDisturbed(before, disturbances)) {
                breaches.add("%s after %s".formatted(fetch, before));
            }
        }
        return breaches;
    }

    /** Fetches of an id that had not been refused before it. */
    int repeats() {
        int repeats = 0;
        Map<Integer, Fetch> last = new HashMap<>();
        for (Fetch fetch : fetches) {
            Fetch before = last.put(fetch.id(), fetch);
            repeats += before != null && !before.refused() ? 1 : 0;
        }
        return repeats;
    }

    /** Batches in flight at once, although nobody can have taken one of them for lost. */
    List<String> together(Disturbances disturbances) {
        List<String> breaches = new ArrayList<>();
        List<Fetch> underWay = new ArrayList<>();
        for (Fetch fetch : fetches) {
            underWay.removeIf(other -> other.to() < fetch.from());
            underWay.stream()
                    .filter(other -> !other.key().equals(fetch.key()))
                    .filter(other -> !isDisturbed(other, disturbances) && !isDisturbed(fetch, disturbances))
                    .forEach(other -> breaches.add("%s and %s".formatted(other, fetch)));
            underWay.add(fetch);
        }
        return breaches;
    }

    private boolean isDisturbed(Fetch fetch, Disturbances disturbances) {
        return disturbances.excuseRepeat(fetch.sender(), fetch.from(), ends.get(fetch) + RECORDING);
    }

    /** @param cancelled when an answer said of a batch that it was */
    List<String> sentAfterTheyWereCancelled(Map<String, Long> cancelled) {
        return fetches.stream()
                .filter(fetch -> cancelled.getOrDefault(fetch.key(), Long.MAX_VALUE) < fetch.notBefore())
                .map(Fetch::toString)
                .toList();
    }

    /**
     * Batches that came first although a more urgent one had been waiting for longer than {@code slack}, which is how
     * long a batch may be on its way after the decision.
     *
     * @param ingestions those that are in full to be fetched
     */
    List<String> outOfTurn(Collection<Acknowledged> ingestions, Duration slack) {
        Map<String, Long> first = new HashMap<>();
        starts.forEach(start -> first.putIfAbsent(start.key(), start.nanos()));
        Map<String, Long> lastBegun = new HashMap<>();
        first.forEach((key, nanos) -> lastBegun.merge(ingestion(key), nanos, Math::max));
        Map<String, Acknowledged> known = new HashMap<>();
        ingestions.forEach(one -> known.put(one.id(), one));
        List<String> breaches = new ArrayList<>();
        first.forEach((key, nanos) -> {
            Acknowledged gone = known.get(ingestion(key));
            for (Acknowledged waiting : gone == null ? List.<Acknowledged>of() : ingestions) {
                if (waiting.answered() + slack.toNanos() < nanos
                        && nanos < lastBegun.getOrDefault(waiting.id(), Long.MAX_VALUE)
                        && isBefore(waiting, gone)) {
                    breaches.add("%s at %d before %s".formatted(key, nanos, waiting));
                }
            }
        });
        return breaches;
    }

    private static String ingestion(String key) {
        return key.substring(0, key.lastIndexOf('-'));
    }

    private static boolean isBefore(Acknowledged one, Acknowledged other) {
        int rank = URGENCY.indexOf(one.submission().priority());
        int otherRank = URGENCY.indexOf(other.submission().priority());
        return rank < otherRank
                || (rank == otherRank && one.answered() < other.submission().asked());
    }
}
