package dev.batchgate.ingestion;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What follows for a batch from what one dispatch of it brought: what each of the ids that were asked for has come to,
 * and whether any is to be asked for again.
 *
 * <p>Attempts are counted for the batch, not for each id. A probe costs the ids that found no connection none, even where
 * the upstream was back for others: it counts only if one of those is to be asked for again. So there is no way to try
 * for ever: what finds a connection counts, or leaves fewer ids to ask for.
 *
 * @param ids in the order of the dispatch; {@link IdOutcome.Missed} where the id is to be asked for again
 * @param status how the batch has ended; {@link BatchStatus#TRIGGERED} if it has not
 * @param error about the ids of the whole batch that failed or were missed; null if all is well
 * @param counts whether the dispatch counts as an attempt
 * @param after what is to be handed in as {@code before} with the next dispatch of the batch
 */
public record Verdict(
        List<IdOutcome> ids, BatchStatus status, @Nullable String error, boolean counts, Before after) {

    private static final int MOST_NAMED = 5;
    private static final int LONGEST_ERROR = 1_000;

    public Verdict {
        ids = List.copyOf(ids);
    }

    /**
     * What those ids of a batch have come to that are not asked for any more.
     *
     * @param failed the error of those that failed for good; null if none did
     * @param cancelled whether any was cancelled
     */
    public record Before(@Nullable String failed, boolean cancelled) {

        public static final Before NOTHING = new Before(null, false);

        /** The same with some more ids, each with what it came to. */
        public Before and(List<Long> ids, List<IdOutcome> outcomes) {
            return new Before(
                    join(failed, reasons(ids, outcomes, false)),
                    cancelled || outcomes.stream().anyMatch(IdOutcome.Cancelled.class::isInstance));
        }
    }

    /**
     * Judges a dispatch.
     *
     * @param before what the ids of the batch had come to that were not asked for any more
     * @param attemptsLeft whether the batch may be dispatched again for what was missed, if this counts as an attempt
     * @param probe whether the upstream was taken to be down, and others wait for it to be back
     * @param withdrawn whether the batch must not be dispatched again, because it was cancelled meanwhile
     */
    public static Verdict of(
            Batch batch, Outcome outcome, Before before, boolean attemptsLeft, boolean probe, boolean withdrawn) {
        List<IdOutcome> ids = outcome.ids().stream()
                .map(id -> settled(id, attemptsLeft, probe, withdrawn))
                .toList();
        boolean again = ids.stream().anyMatch(IdOutcome.Missed.class::isInstance);
        Before after = before.and(batch.ids(), ids);
        String failed = after.failed();
        BatchStatus status = again
                ? BatchStatus.TRIGGERED
                : failed != null
                        ? BatchStatus.FAILED
                        : after.cancelled() ? BatchStatus.CANCELLED : BatchStatus.COMPLETED;
        String error = again ? join(failed, reasons(batch.ids(), ids, true)) : failed;
        return new Verdict(ids, status, error, counts(outcome, attemptsLeft, probe), after);
    }

    /**
     * Those that are to be asked for again.
     *
     * @param places of the ids that were asked for, in the whole batch
     */
    public List<Integer> missing(List<Integer> places) {
        return IntStream.range(0, ids.size())
                .filter(i -> ids.get(i) instanceof IdOutcome.Missed)
                .mapToObj(places::get)
                .toList();
    }

    private static boolean counts(Outcome outcome, boolean attemptsLeft, boolean probe) {
        if (outcome.isUnsent()) {
            return false;
        }
        boolean answerMissed =
                outcome.ids().stream().anyMatch(id -> id instanceof IdOutcome.Missed missed && missed.connected());
        return !probe || !outcome.lacksConnection() || (answerMissed && attemptsLeft);
    }

    private static IdOutcome settled(IdOutcome id, boolean attemptsLeft, boolean probe, boolean withdrawn) {
        IdOutcome.Missed missed = missed(id);
        if (missed == null) {
            return id;
        }
        if (withdrawn) {
            return new IdOutcome.Cancelled();
        }
        return attemptsLeft || id instanceof IdOutcome.Withheld || (probe && !missed.connected())
                ? missed
                : new IdOutcome.Failed(missed.reason() + "; no attempts are left", missed.httpStatus());
    }

    private static IdOutcome.@Nullable Missed missed(IdOutcome id) {
        if (id instanceof IdOutcome.Withheld) {
            return new IdOutcome.Missed("it was held back before it was sent", null, false);
        }
        return id instanceof IdOutcome.Missed missed ? missed : null;
    }

    /** By reason, so that what is the same for all of them is said once. */
    private static @Nullable String reasons(List<Long> ids, List<IdOutcome> outcomes, boolean missed) {
        Map<String, List<Long>> idsByReason = new LinkedHashMap<>();
        for (int i = 0; i < outcomes.size(); i++) {
            String reason = reason(outcomes.get(i), missed);
            if (reason != null) {
                idsByReason.computeIfAbsent(reason, any -> new ArrayList<>()).add(ids.get(i));
            }
        }
        List<String> sentences = idsByReason.entrySet().stream()
                .map(entry -> subject(entry.getValue()) + ": " + entry.getKey())
                .toList();
        return sentences.isEmpty() ? null : few(sentences, "; ");
    }

    private static @Nullable String reason(IdOutcome outcome, boolean missed) {
        if (outcome instanceof IdOutcome.Missed id) {
            return missed ? id.reason() : null;
        }
        return !missed && outcome instanceof IdOutcome.Failed id ? id.reason() : null;
    }

    private static String subject(List<Long> ids) {
        return (ids.size() == 1 ? "id " : "ids ")
                + few(ids.stream().map(String::valueOf).toList(), ", ");
    }

    private static String few(List<String> parts, String separator) {
        String named = parts.stream().limit(MOST_NAMED).collect(Collectors.joining(separator));
        int more = parts.size() - MOST_NAMED;
        return more <= 0 ? named : String.format(Locale.ROOT, "%s … and %,d more", named, more);
    }

    /** Of bounded length, though the attempts may be many. */
    private static @Nullable String join(@Nullable String before, @Nullable String now) {
        if (before == null || now == null) {
            return before == null ? now : before;
        }
        return before.length() + now.length() > LONGEST_ERROR ? before : before + "; " + now;
    }
}
