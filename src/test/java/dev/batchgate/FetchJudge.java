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

    /** By then what was fetched is on record, unless something was disturbed meanwhile. */
    private static final long RECORDING = TimeUnit.MILLISECONDS.toNanos(500);

    private static final List<String> URGENCY = List.of("HIGH", "MEDIUM", "LOW");

    private final List<Fetch> fetches;
    private final List<Start> starts;
    private final Duration interval;

    FetchJudge(List<Fetch> fetches, Duration interval) {
        this.fetches = fetches;
        this.starts = FetchLog.starts(fetches, interval.toNanos() / 2);
        this.interval = interval;
    }

    List<Start> starts() {
        return starts;
    }

    long leastGap() {
        long least = Long.MAX_VALUE;
        for (int i = 1; i < starts.size(); i++) {
            least = Math.min(least, gapBefore(i));
        }
        return least;
    }

    /** How many gaps are shorter than that part of the interval. */
    int gapsBelow(double part) {
        int count = 0;
        for (int i = 1; i < starts.size(); i++) {
            count += gapBefore(i) < part * interval.toNanos() ? 1 : 0;
        }
        return count;
    }

    private long gapBefore(int index) {
        return starts.get(index).nanos() - starts.get(index - 1).nanos();
    }

    /**
     * Gaps below half the interval. A start that is noticed late seems nearer to the next one, by no more than the
     * upstream was late just then.
     */
    List<String> tooClose(Heartbeat heartbeat) {
        List<String> breaches = new ArrayList<>();
        for (int i = 1; i < starts.size(); i++) {
            long excuse = heartbeat.latenessBefore(starts.get(i - 1).nanos(), interval.toNanos());
            if (gapBefore(i) + excuse < interval.toNanos() / 2) {
                breaches.add("%.1f ms, with %.1f ms of lateness, between %s and %s"
                        .formatted(gapBefore(i) / 1e6, excuse / 1e6, starts.get(i - 1), starts.get(i)));
            }
        }
        return breaches;
    }

    /** Stretches of so many intervals in which more starts are than have room there, bar that noise. */
    List<String> crowded(int stretch, Duration noise) {
        List<String> breaches = new ArrayList<>();
        for (int from = 0; from + stretch < starts.size(); from++) {
            long length = starts.get(from + stretch).nanos() - starts.get(from).nanos();
            if (length < interval.multipliedBy(stretch).minus(noise).toNanos()) {
                breaches.add("%.1f ms for %d intervals from %s".formatted(length / 1e6, stretch, starts.get(from)));
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

    private static boolean isDisturbed(Fetch fetch, Disturbances disturbances) {
        return disturbances.excuseRepeat(fetch.sender(), fetch.from(), fetch.to() + RECORDING);
    }

    /** @param cancelled when an answer said of a batch that it was */
    List<String> sentAfterTheyWereCancelled(Map<String, Long> cancelled) {
        return fetches.stream()
                .filter(fetch -> cancelled.getOrDefault(fetch.key(), Long.MAX_VALUE) < fetch.from())
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
