package dev.batchgate.ingestion;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Predicate;

/** The dullest queue there is: a list of batches, searched from end to end. Times are nanoseconds since the start. */
final class Model {

    private final int maxAttempts;
    private final Duration backoff;
    private final int downAfter;
    private final Map<UUID, Whole> wholes = new LinkedHashMap<>();
    private final List<Part> parts = new ArrayList<>();
    private int unreachable;
    private long closedUntil;
    private final Map<Fairness.Turn, Long> turns = new HashMap<>();
    private long slots;
    boolean paused;
    Fairness fairness = Fairness.STRICT;

    /** An ingestion. */
    private static final class Whole {
        private int sequence;
        private Priority priority;
        private String owner;
        private long accepted;
    }

    /** A batch; {@code words} says of each of its ids what it has come to, and is empty while it is missing. */
    private static final class Part {
        private Whole whole;
        private int index;
        private int first;
        private long[] ids;
        private String[] words;
        private int attempts;
        private int counted;
        private long due;
        private long taken;
        private boolean flying;
        private boolean cancelled;

        @Override
        public String toString() {
            return "batch %d of %s ingestion %d, dispatched %d times, due at %d"
                    .formatted(index, whole.priority, whole.sequence, attempts, due);
        }

        private boolean isMissing() {
            return List.of(words).contains("");
        }

        private BatchStatus status() {
            if (isMissing()) {
                return attempts == 0 ? BatchStatus.YET_TO_START : BatchStatus.TRIGGERED;
            }
            List<String> all = List.of(words);
            return all.contains("failed")
                    ? BatchStatus.FAILED
                    : all.contains("cancelled") ? BatchStatus.CANCELLED : BatchStatus.COMPLETED;
        }

        private void settle(String from, String to) {
            for (int i = 0; i < words.length; i++) {
                words[i] = words[i].equals(from) ? to : words[i];
            }
        }
    }

    Model(int maxAttempts, Duration backoff, int downAfter) {
        this.maxAttempts = maxAttempts;
        this.backoff = backoff;
        this.downAfter = downAfter;
    }

    /** By rank, by whose turn it is, by acceptance, by place. */
    private Comparator<Part> mostUrgentFirst(Map<Fairness.Turn, Long> lastSlots, long at) {
        return Comparator.<Part>comparingInt(part -> rank(part.whole, at))
                .thenComparing(part -> lastSlots.getOrDefault(turn(part.whole, at), -1L))
                .thenComparing(part -> part.whole.sequence)
                .thenComparing(part -> part.index);
    }

    private int rank(Whole whole, long at) {
        int rank = Fairness.rank(whole.priority);
        boolean isLifted =
                fairness.aging() != null && whole.accepted + fairness.aging().toNanos() <= at;
        return isLifted ? Math.max(0, rank - 1) : rank;
    }

    private Fairness.Turn turn(Whole whole, long at) {
        boolean has = fairness.takesTurns() && whole.owner != null;
        return new Fairness.Turn(rank(whole, at), has ? whole.owner : "");
    }

    private void went(Part part, Map<Fairness.Turn, Long> lastSlots, long at, long slot) {
        if (fairness.takesTurns()) {
            lastSlots.put(turn(part.whole, at), slot);
        }
    }

    void submitted(UUID id, Priority priority, long[] ids, int batchSize, String owner, long now) {
        Whole whole = new Whole();
        whole.owner = owner;
        whole.accepted = now;
        whole.sequence = wholes.size();
        whole.priority = priority;
        wholes.put(id, whole);
        for (int from = 0; from < ids.length; from += batchSize) {
            Part part = new Part();
            part.whole = whole;
            part.index = from / batchSize;
            part.first = from;
            part.ids = Arrays.copyOfRange(ids, from, Math.min(ids.length, from + batchSize));
            part.words = new String[part.ids.length];
            Arrays.fill(part.words, "");
            parts.add(part);
        }
    }

    boolean anythingWaits() {
        return parts.stream().anyMatch(part -> part.isMissing() && !part.flying);
    }

    /** A batch was handed out: was it the right one? */
    void taken(Batch batch, long now) {
        assertThat(paused).isFalse();
        assertThat(now).isGreaterThanOrEqualTo(closedUntil);
        Part expected = parts.stream()
                .filter(part -> part.isMissing() && !part.flying && part.due <= now)
                .min(mostUrgentFirst(turns, now))
                .orElseThrow();
        assertThat(part(batch))
                .as("%s at %d instead of %s", part(batch), now, expected)
                .isSameAs(expected);
        List<Long> missing = new ArrayList<>();
        for (int i = 0; i < expected.ids.length; i++) {
            if (expected.words[i].isEmpty()) {
                missing.add(expected.ids[i]);
            }
        }
        assertThat(batch.ids()).isEqualTo(missing);
        went(expected, turns, now, ++slots);
        expected.flying = true;
        expected.taken = now;
        expected.attempts++;
        expected.counted++;
    }

    void ended(Batch batch, Outcome outcome, long now) {
        Part part = part(batch);
        part.flying = false;
        closedUntil = Math.max(closedUntil, now + outcome.closedFor().toNanos());
        boolean wasDown = unreachable >= downAfter;
        unreachable = outcome.unreachable() ? unreachable + 1 : 0;
        boolean alone = parts.stream().noneMatch(other -> other != part && other.isMissing());
        boolean probe = (wasDown || unreachable >= downAfter) && !alone;
        boolean last = part.counted >= maxAttempts;
        int free = 0;
        int paid = 0;
        int next = 0;
        for (int i = 0; i < part.words.length; i++) {
            if (!part.words[i].isEmpty()) {
                continue;
            }
            IdOutcome each = outcome.ids().get(next++);
            part.words[i] = word(each);
            if (part.words[i].isEmpty() && part.cancelled) {
                part.words[i] = "cancelled";
            } else if (probe && isUnconnected(each)) {
                free++;
            } else if (part.words[i].isEmpty()) {
                part.words[i] = last ? "failed" : "";
                paid += last ? 0 : 1;
            }
        }
        part.cancelled = false;
        boolean attempt = free == 0 || paid > 0;
        part.counted -= attempt ? 0 : 1;
        part.due = attempt ? now + backoff.toNanos() * (1L << (Math.max(1, part.counted) - 1)) : now;
    }

    private static boolean isUnconnected(IdOutcome outcome) {
        return outcome instanceof IdOutcome.Missed missed && !missed.connected();
    }

    void cancelled(UUID id) {
        of(id).forEach(part -> {
            if (part.flying) {
                part.cancelled = true;
            } else {
                part.settle("", "cancelled");
            }
        });
    }

    void moved(UUID id, Priority to) {
        if (of(id).stream().anyMatch(Part::isMissing)) {
            wholes.get(id).priority = to;
        }
    }

    /** Returns whether there is anything to retry. */
    boolean retried(UUID id, long now) {
        List<Part> failed = of(id).stream()
                .filter(part -> part.status() == BatchStatus.FAILED)
                .toList();
        failed.forEach(part -> {
            part.settle("failed", "");
            part.counted = 0;
            part.due = now;
        });
        return !failed.isEmpty();
    }

    /** @param forgets whether nobody knows any more whether the upstream is down */
    void crashed(List<Batch> flying, long now, boolean forgets) {
        unreachable = forgets ? 0 : unreachable;
        flying.stream().map(this::part).forEach(part -> {
            part.flying = false;
            part.due = now;
            if (part.cancelled) {
                part.settle("", "cancelled");
                part.cancelled = false;
            }
        });
    }

    /**
     * How an ingestion goes on, dispatch by dispatch: how many come before its first one, when that is, and when its last
     * one has ended, in nanoseconds from now; empty if none of its batches waits.
     *
     * @param pace of the gate, which this model does not keep
     */
    Optional<List<Long>> foretold(UUID id, Pace pace, long now) {
        List<Part> left = new ArrayList<>(
                parts.stream().filter(part -> part.isMissing() && !part.flying).toList());
        List<Long> ends = new ArrayList<>();
        long completion = 0;
        for (Part part : parts) {
            if (part.flying) {
                long end = Math.max(0, pace.fetch() - (now - part.taken));
                ends.add(end);
                completion = part.whole == wholes.get(id) ? Math.max(completion, end) : completion;
            }
        }
        long opens = Math.max(pace.opensIn(), Math.max(0, closedUntil - now));
        long before = -1;
        long first = 0;
        Map<Fairness.Turn, Long> lastSlots = new HashMap<>(turns);
        for (long dispatched = 0; left.stream().anyMatch(part -> part.whole == wholes.get(id)); dispatched++) {
            ends.sort(null);
            while (ends.size() >= pace.maxInFlight()) {
                opens = Math.max(opens, ends.remove(0));
            }
            long earliest =
                    left.stream().mapToLong(part -> part.due - now).min().orElseThrow();
            long slot = Math.max(opens, earliest);
            Part next = left.stream()
                    .filter(part -> part.due - now <= slot)
                    .min(mostUrgentFirst(lastSlots, now + slot))
                    .orElseThrow();
            went(next, lastSlots, now + slot, slots + 1 + dispatched);
            left.remove(next);
            if (next.whole == wholes.get(id)) {
                first = before < 0 ? slot : first;
                before = before < 0 ? dispatched : before;
                completion = Math.max(completion, slot + pace.fetch());
            }
            ends.add(slot + pace.fetch());
            opens = slot + pace.interval();
        }
        return before < 0 ? Optional.empty() : Optional.of(List.of(before, first, completion));
    }

    /**
     * What comes of a submission.
     *
     * @param own as {@link #foretold}
     * @param later whom it pushes back, the most urgent first, with their completions without it and with it; all behind
     *     it, if the queue is paused
     */
    record WhatIf(List<Long> own, Map<UUID, List<Long>> later) {}

    /** Makes it, looks, and takes it back. */
    WhatIf whatIf(Priority priority, int batches, String owner, Pace pace, long now) {
        // One that is certainly before it may still find, when it comes back for a retry, that what is in flight fills
        // all room:
        // that is nobody's place in line, and not told.
        int from = fairness.lowestPushedBackBy(priority);
        boolean amongAll = !fairness.isStrict() && !paused;
        List<UUID> behind = wholes.entrySet().stream()
                .filter(one -> amongAll
                        ? Fairness.rank(one.getValue().priority) >= from
                        : one.getValue().priority.compareTo(priority) > 0)
                .filter(one -> of(one.getKey()).stream().anyMatch(part -> part.isMissing() && !part.flying))
                .sorted(Comparator.comparing((Map.Entry<UUID, Whole> one) -> one.getValue().priority)
                        .thenComparing(one -> one.getValue().sequence))
                .map(Map.Entry::getKey)
                .toList();
        Map<UUID, Long> without = new LinkedHashMap<>();
        behind.forEach(
                id -> without.put(id, foretold(id, pace, now).orElseThrow().get(2)));
        UUID made = UUID.randomUUID();
        submitted(made, priority, new long[batches], 1, owner, now);
        List<Long> own = foretold(made, pace, now).orElseThrow();
        Map<UUID, List<Long>> later = new LinkedHashMap<>();
        without.forEach((id, before) -> {
            long after = foretold(id, pace, now).orElseThrow().get(2);
            if (after > before || paused) {
                later.put(id, List.of(before, after));
            }
        });
        parts.removeAll(of(made));
        wholes.remove(made);
        return new WhatIf(own, later);
    }

    /** How many batches of such priorities wait. */
    long waiting(Predicate<Priority> which) {
        return parts.stream()
                .filter(part -> part.isMissing() && !part.flying && which.test(part.whole.priority))
                .count();
    }

    Optional<UUID> any(Random random) {
        return wholes.isEmpty()
                ? Optional.empty()
                : Optional.of(List.copyOf(wholes.keySet()).get(random.nextInt(wholes.size())));
    }

    List<UUID> all() {
        return List.copyOf(wholes.keySet());
    }

    Priority priority(UUID id) {
        return wholes.get(id).priority;
    }

    List<BatchStatus> statuses(UUID id) {
        return of(id).stream().map(Part::status).toList();
    }

    List<Integer> attempts(UUID id) {
        return of(id).stream().map(part -> part.attempts).toList();
    }

    /** By position, of those ids that ended while their batch was dispatched. */
    SortedMap<Integer, String> results(UUID id) {
        SortedMap<Integer, String> results = new TreeMap<>();
        for (Part part : of(id)) {
            for (int i = 0; i < part.words.length && part.attempts > 0; i++) {
                if (!part.words[i].isEmpty()) {
                    results.put(part.first + i, part.words[i]);
                }
            }
        }
        return results;
    }

    /** Empty for what is to be asked for again. */
    static String word(IdOutcome outcome) {
        if (outcome instanceof IdOutcome.Fetched fetched) {
            return fetched.data().text();
        }
        if (outcome instanceof IdOutcome.Failed) {
            return "failed";
        }
        return outcome instanceof IdOutcome.Cancelled ? "cancelled" : "";
    }

    private List<Part> of(UUID id) {
        return parts.stream().filter(part -> part.whole == wholes.get(id)).toList();
    }

    private Part part(Batch batch) {
        return of(batch.ingestionId()).get(batch.index());
    }
}
