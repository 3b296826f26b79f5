package dev.batchgate.ledger;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Those of which a batch waits for nothing but a slot. Whatever the settings of a run, and whatever the time, of one
 * priority and one key the oldest goes first, since it is lifted first: so that nobody else has to be looked at.
 */
final class Contenders {

    private final NavigableSet<Course> all = new TreeSet<>(Course.MOST_URGENT_FIRST);

    /** Without those of which nobody knows whose they are; each by its sequence. */
    private final Map<Lane, NavigableSet<Course>> lanes = new HashMap<>();

    private record Lane(String priority, @Nullable String owner) {

        static Lane of(Course course) {
            return new Lane(course.priority(), course.ingestion().owner());
        }
    }

    void add(Course course) {
        if (all.add(course) && course.ingestion().isOriginKnown()) {
            lanes.computeIfAbsent(Lane.of(course), any -> new TreeSet<>(Course.MOST_URGENT_FIRST))
                    .add(course);
        }
    }

    /** In the priority that it was added with. */
    void remove(Course course) {
        NavigableSet<Course> lane = all.remove(course) ? lanes.get(Lane.of(course)) : null;
        if (lane != null && lane.remove(course) && lane.isEmpty()) {
            lanes.remove(Lane.of(course));
        }
    }

    /** The most urgent by priority and acceptance alone; null if there is nobody. */
    @Nullable
    Course first() {
        return all.isEmpty() ? null : all.first();
    }

    /** One of them is the most urgent of those whose age and key are known. */
    Collection<Course> heads() {
        return lanes.values().stream().map(NavigableSet::first).toList();
    }
}
