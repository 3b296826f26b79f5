package dev.batchgate;

import java.net.Socket;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;
import java.util.function.IntToLongFunction;

/**
 * What an upstream saw of several replicas: who fetched which id under which key, from when to when. It refuses some ids
 * once, and takes its time for each.
 */
final class FetchLog implements FakeUpstream.Script {

    /** The header by which a replica says who it is. */
    static final String SENDER = "x-replica";

    /**
     * One id being fetched.
     *
     * @param notBefore when it had not come yet
     * @param from when it was noticed
     * @param to when nothing of the answer had been sent yet
     */
    record Fetch(String key, int id, String sender, long notBefore, long from, long to, boolean refused) {}

    /** The fetches of one dispatch of a batch; it starts when the first of them comes. */
    static final class Start {
        private final String key;
        private final String sender;
        private final long nanos;
        private final Set<Integer> ids = new TreeSet<>();
        private final List<Fetch> fetches = new ArrayList<>();
        private long notBefore;

        private Start(Fetch first) {
            this.key = first.key();
            this.sender = first.sender();
            this.nanos = first.from();
            this.notBefore = first.notBefore();
            add(first);
        }

        private boolean add(Fetch next) {
            // Whichever was noticed first, any of them may have come first.
            notBefore = Math.min(notBefore, next.notBefore());
            return ids.add(next.id()) && fetches.add(next);
        }

        List<Fetch> fetches() {
            return List.copyOf(fetches);
        }

        String key() {
            return key;
        }

        /** By when it had begun. */
        long nanos() {
            return nanos;
        }

        /** When the last answer was on its way: what came back earlier is not on record before that. */
        long to() {
            return fetches.stream().mapToLong(Fetch::to).max().orElseThrow();
        }

        /** When it had not begun yet. */
        long notBefore() {
            return notBefore;
        }

        @Override
        public String toString() {
            return "%s %s by %s at %d".formatted(key, ids, sender, nanos);
        }
    }

    private final IntPredicate refusedOnce;
    private final IntToLongFunction millis;
    private final Set<Integer> refused = ConcurrentHashMap.newKeySet();
    private final Queue<Fetch> fetches = new ConcurrentLinkedQueue<>();

    FetchLog(IntPredicate refusedOnce, IntToLongFunction millis) {
        this.refusedOnce = refusedOnce;
        this.millis = millis;
    }

    /** One that has every id, in 5 ms. */
    static FetchLog willing() {
        return new FetchLog(id -> false, id -> 5);
    }

    @Override
    public boolean answer(FakeUpstream.Arrival arrival, Socket connection) throws Exception {
        int id = Integer.parseInt(arrival.path().substring(1));
        TimeUnit.MILLISECONDS.sleep(millis.applyAsLong(id));
        boolean refusal = refusedOnce.test(id) && refused.add(id);
        fetches.add(new Fetch(
                arrival.headers().get("idempotency-key"),
                id,
                arrival.headers().getOrDefault(SENDER, ""),
                arrival.notBefore(),
                arrival.nanos(),
                System.nanoTime(),
                refusal));
        return FakeUpstream.respond(connection, refusal ? 503 : 200, "{}");
    }

    /** All that have ended, as they began. */
    List<Fetch> fetches() {
        return fetches.stream().sorted(Comparator.comparingLong(Fetch::from)).toList();
    }

    /**
     * The dispatches among them, as they began. A fetch belongs to the last one of its batch and its replica, unless that
     * has had this id already, or is longer ago than {@code together} and another batch has begun since.
     */
    static List<Start> starts(List<Fetch> fetches, long together) {
        List<Start> starts = new ArrayList<>();
        Map<String, Start> last = new HashMap<>();
        String latest = "";
        for (Fetch fetch : fetches) {
            String dispatch = fetch.key() + " by " + fetch.sender();
            Start current = last.get(dispatch);
            boolean belongs =
                    current != null && (dispatch.equals(latest) || fetch.from() - current.nanos() <= together);
            if (!belongs || !current.add(fetch)) {
                Start begun = new Start(fetch);
                starts.add(begun);
                last.put(dispatch, begun);
                latest = dispatch;
            }
        }
        return starts;
    }
}
