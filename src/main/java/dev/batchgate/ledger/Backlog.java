package dev.batchgate.ledger;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who waits at the moment that the replay has reached, and how far everybody has come. It judges nobody; the checks that
 * are told of a record before it see what was there before that.
 */
final class Backlog implements Check {

    private final Map<Long, Course> courses = new HashMap<>();

    private final Contenders eligible = new Contenders();

    /** Those that are in flight, wait for their time, or did, unless something has happened to them since. */
    private final Set<LastDispatch> waiting = new LinkedHashSet<>();

    /** The same, those that come due in this era the first; and some more that are to be ignored. */
    private final PriorityQueue<LastDispatch> byTime =
            new PriorityQueue<>(Comparator.comparingLong(LastDispatch::dueTicks));

    /** By the number of an order, those that say of themselves that it asked for them again. */
    private final Map<Long, List<LastDispatch>> toBeAsked = new HashMap<>();

    private @Nullable Dispatch latest;

    @Nullable
    Course course(long ingestion) {
        return courses.get(ingestion);
    }

    Collection<Course> courses() {
        return courses.values();
    }

    /** How many have a batch that is to be dispatched and not in flight. */
    long waiting() {
        return courses.values().stream().filter(Course::isWaiting).count();
    }

    /**
     * Of whom one had to be given a dispatch's slot; empty where nobody had to be. Whose age or key nobody knows is none of
     * them where that matters.
     */
    Collection<Course> foremost(Dispatch at) {
        comeTo(at);
        Course first = eligible.first();
        if (!at.run().fairness().isStrict()) {
            return eligible.heads();
        }
        return first == null ? List.of() : List.of(first);
    }

    private void comeTo(Dispatch dispatch) {
        if (latest == null || !latest.era().is(dispatch.era())) {
            enter(dispatch.era());
        }
        latest = dispatch;
        for (LastDispatch first = byTime.peek();
                first != null && first.dueTicks() <= dispatch.startedTicks();
                first = byTime.peek()) {
            byTime.remove();
            if (waiting.contains(first)) {
                first.course().comeDue(first.batch());
                refresh(first.course());
            }
        }
    }

    /** In another era, everybody waits for another moment of another clock. */
    private void enter(Era era) {
        byTime.clear();
        for (LastDispatch last : waiting) {
            last.course().undue(last.batch());
            refresh(last.course());
            last.enter(era);
            byTime.add(last);
        }
    }

    private void refresh(Course course) {
        if (course.isEligible()) {
            eligible.add(course);
        } else {
            eligible.remove(course);
        }
    }

    @Override
    public void accepted(Accepted ingestion) {
        Course course = new Course(ingestion);
        courses.put(ingestion.sequence(), course);
        refresh(course);
    }

    @Override
    public void dispatched(Dispatch dispatch) {
        comeTo(dispatch);
        Course course = course(dispatch.ingestion());
        if (course == null) {
            return;
        }
        waiting.remove(course.last(dispatch.batch()));
        LastDispatch last = course.dispatch(dispatch);
        refresh(course);
        if (last.isWaiting()) {
            last.enter(dispatch.era());
            waiting.add(last);
            byTime.add(last);
        }
        if (dispatch.retried() != null) {
            toBeAsked
                    .computeIfAbsent(dispatch.retried(), any -> new ArrayList<>())
                    .add(last);
        }
    }

    @Override
    public void ordered(Control control) {
        Course course = control.ingestion() == null ? null : course(control.ingestion());
        List<LastDispatch> asked = Objects.requireNonNullElse(toBeAsked.remove(control.number()), List.of());
        if (course == null) {
            return;
        }
        eligible.remove(course);
        if (control.isCancel()) {
            course.cancel();
            course.noted().forEach(waiting::remove);
        } else if (control.isMove() && control.priority() != null) {
            course.move(control.priority());
        } else if (control.isRetry()) {
            course.retry();
            course.noted().stream()
                    .filter(LastDispatch::isFailed)
                    .forEach(last -> course.passOver(last, control, isPast(last.dispatch())));
            asked.stream().filter(last -> canBeAsked(last, control)).forEach(course::ask);
        }
        refresh(course);
    }

    /** Those that say that an order asked for them again. */
    List<LastDispatch> toBeAskedBy(Control control) {
        return toBeAsked.getOrDefault(control.number(), List.of());
    }

    /** All that wait for an order of which nothing has been told. */
    Collection<List<LastDispatch>> toBeAsked() {
        return toBeAsked.values();
    }

    /** Whether an order can have asked for a batch again. */
    boolean canBeAsked(LastDispatch last, Control control) {
        return control.isRetry()
                && Objects.equals(control.ingestion(), last.dispatch().ingestion())
                && last.hasEnded()
                && last.equals(last.course().last(last.batch()));
    }

    /** Whether a dispatch had certainly ended when the last slot was given that has been told of. */
    private boolean isPast(Dispatch dispatch) {
        Dispatch now = latest;
        return now != null
                && (!dispatch.era().is(now.era())
                        || (dispatch.endedTicks() != null && dispatch.endedTicks() < now.startedTicks()));
    }
}
