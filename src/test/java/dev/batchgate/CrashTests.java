package dev.batchgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.batchgate.ledger.VerifyLedger;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} at random moments, with an upstream that refuses some ids at first and clients that cancel some of
 * what they submitted, judged by the log of the upstream: nothing acknowledged is lost, nothing is skipped, nothing comes
 * too early, nothing is sent that an answer said was cancelled, and nothing is repeated but what was refused or in
 * flight, under its old key. {@code
 * -Dcrash.rounds=100} makes it long.
 */
@Tag("jar")
class CrashTests {

    private static final int ROUNDS = Integer.getInteger("crash.rounds", 4);
    private static final int SUBMITTERS = 4;
    private static final int INGESTIONS_A_ROUND = 120;
    private static final Duration INTERVAL = Duration.ofMillis(20);

    /**
     * One request may be noticed late, which makes it seem nearer to the next; a stretch of so many intervals cannot by
     * more than this. To the nanosecond, the spacing is what the ledger is checked for.
     */
    private static final int STRETCH = 20;

    private static final Duration NOISE = Duration.ofMillis(60);

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);
    private final AtomicInteger lastId = new AtomicInteger();
    private final Map<String, List<Integer>> acknowledged = new ConcurrentHashMap<>();
    private final List<Long> kills = new ArrayList<>();
    private final Set<Integer> refused = ConcurrentHashMap.newKeySet();
    private final Set<String> neverToBeSent = ConcurrentHashMap.newKeySet();

    @TempDir
    private Path folder;

    /** One batch as it came to the upstream: requests of one key, none of them for the same id. */
    private record Start(long nanos, String key, Set<Integer> ids) {}

    @Test
    @Timeout(value = 2, unit = TimeUnit.HOURS)
    void whateverItIsKilledInTheMiddleOfNothingIsLostSkippedOrCrowded() throws Exception {
        FakeUpstream.Script slow = (arrival, connection) -> {
            TimeUnit.MILLISECONDS.sleep(5);
            int id = Integer.parseInt(arrival.path().substring(1));
            boolean refusal = mayBeRefused(id) && refused.add(id);
            return FakeUpstream.respond(connection, refusal ? 503 : 200, "{}");
        };
        try (FakeUpstream upstream = new FakeUpstream(slow)) {
            for (int round = 1; round <= ROUNDS; round++) {
                try (StartedService service = start(upstream)) {
                    // Before the first start is over there is no store to check.
                    submitUntilKilled(service, round == 1 || random.nextInt(4) > 0);
                }
                requireLedger();
            }
            try (StartedService service = start(upstream).awaitReady()) {
                await().atMost(Duration.ofMinutes(30)).until(() -> isDrained(service.http()));
                acknowledged.forEach((id, ids) -> requireCompleted(service.http(), id, ids));
            }
            requireLedger();
            judge(starts(upstream.log()));
        }
    }

    private StartedService start(FakeUpstream upstream) {
        return StartedService.start(
                QuickJar.command(),
                folder,
                Map.of(
                        "BATCHGATE_INTERVAL",
                        INTERVAL.toMillis() + "ms",
                        "BATCHGATE_UPSTREAM_BACKOFF",
                        "50ms",
                        "BATCHGATE_UPSTREAM_URL",
                        upstream.url("/{id}")));
    }

    private static boolean mayBeRefused(int id) {
        return id % 10 == 0;
    }

    /**
     * One round in four is killed while it starts. What was not answered is sent again in a later round, under its key.
     */
    private void submitUntilKilled(StartedService service, boolean onceReady) throws Exception {
        if (onceReady) {
            service.awaitReady();
        }
        ExecutorService submitters = Executors.newFixedThreadPool(SUBMITTERS);
        for (int i = 0; i < SUBMITTERS; i++) {
            submitters.execute(() -> submit(service.http()));
        }
        TimeUnit.MILLISECONDS.sleep(random.nextInt(2_000));
        service.close();
        kills.add(System.nanoTime());
        submitters.shutdownNow();
        assertThat(submitters.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    }

    private record Submission(String key, String priority, List<Integer> ids) {}

    private final List<Submission> unanswered = new ArrayList<>();

    private Submission next() {
        synchronized (unanswered) {
            if (!unanswered.isEmpty()) {
                return unanswered.remove(0);
            }
            int size = 1 + random.nextInt(6);
            int last = lastId.addAndGet(size);
            List<Integer> ids =
                    IntStream.rangeClosed(last - size + 1, last).boxed().toList();
            return new Submission(
                    "key-" + last, List.of("HIGH", "MEDIUM", "LOW").get(random.nextInt(3)), ids);
        }
    }

    private void submit(Http http) {
        for (int i = 0;
                i < INGESTIONS_A_ROUND / SUBMITTERS && !Thread.currentThread().isInterrupted();
                i++) {
            Submission submission = next();
            try {
                Http.Answer answer = http.ingest(
                        "{\"ids\":%s,\"priority\":\"%s\"}".formatted(submission.ids(), submission.priority()),
                        "Idempotency-Key",
                        submission.key());
                if (answer.status() == 200) {
                    String id = answer.json().get("ingestion_id").asString();
                    acknowledged.put(id, submission.ids());
                    if (random.nextInt(8) == 0) {
                        cancel(http, id);
                    }
                    continue;
                }
            } catch (AssertionError killed) {
                // Whether it was accepted, nobody knows; whoever asks again under the same key finds out.
            }
            synchronized (unanswered) {
                unanswered.add(submission);
            }
        }
    }

    private void cancel(Http http, String id) {
        acknowledged.remove(id);
        try {
            Http.Answer answer = http.send("DELETE", "/ingest/" + id, "");
            assertThat(answer.status()).isEqualTo(200);
            answer.json()
                    .get("batches")
                    .valueStream()
                    .filter(batch -> batch.get("attempts").asInt() == 0)
                    .forEach(batch -> neverToBeSent.add(batch.get("batch_id").asString()));
        } catch (AssertionError killed) {
            // Whether it was cancelled, nobody knows.
        }
    }

    private static boolean isDrained(Http http) {
        var queue = http.get("/queue").json();
        return queue.get("in_flight").asInt() == 0
                && queue.get("waiting")
                        .valueStream()
                        .allMatch(waiting -> waiting.get("batches").asInt()
                                        + waiting.get("retrying").asInt()
                                == 0);
    }

    private static void requireCompleted(Http http, String id, List<Integer> ids) {
        Http.Answer answer = http.get("/status/" + id);
        assertThat(answer.status()).as("status of %s", id).isEqualTo(200);
        assertThat(answer.json().get("status").asString()).isEqualTo("completed");
        assertThat(answer.json()
                        .get("batches")
                        .valueStream()
                        .flatMap(batch -> batch.get("ids").valueStream())
                        .map(one -> one.asInt()))
                .isEqualTo(ids);
        assertThat(http.get("/results/" + id).response().body().lines())
                .as("results of %s", id)
                .isEqualTo(ids.stream()
                        .map("{\"id\":%d,\"status\":\"completed\",\"data\":{}}"::formatted)
                        .toList());
    }

    private void requireLedger() {
        ByteArrayOutputStream report = new ByteArrayOutputStream();
        int exit = VerifyLedger.run(
                List.of("--store", folder.resolve("data").toString()),
                new PrintStream(report, true, StandardCharsets.UTF_8));
        assertThat(exit).as(report.toString(StandardCharsets.UTF_8)).isZero();
    }

    private List<Start> starts(List<FakeUpstream.Arrival> log) {
        List<FakeUpstream.Arrival> inOrder = new ArrayList<>(log);
        inOrder.sort(Comparator.comparingLong(FakeUpstream.Arrival::nanos));
        List<Start> starts = new ArrayList<>();
        for (FakeUpstream.Arrival arrival : inOrder) {
            int id = Integer.parseInt(arrival.path().substring(1));
            String key = arrival.headers().get("idempotency-key");
            Start current = starts.isEmpty() ? null : starts.get(starts.size() - 1);
            if (current == null
                    || !current.key().equals(key)
                    || killedBetween(current.nanos(), arrival.nanos())
                    || !current.ids().add(id)) {
                starts.add(new Start(arrival.nanos(), key, new HashSet<>(Set.of(id))));
            }
        }
        return starts;
    }

    private boolean killedBetween(long before, long after) {
        return kills.stream().anyMatch(kill -> before < kill && kill < after);
    }

    private void judge(List<Start> starts) {
        Map<Integer, Set<String>> keys = new ConcurrentHashMap<>();
        starts.forEach(start -> start.ids()
                .forEach(
                        id -> keys.computeIfAbsent(id, first -> new HashSet<>()).add(start.key())));
        Set<Integer> lost = acknowledged.values().stream()
                .flatMap(List::stream)
                .filter(id -> !keys.containsKey(id))
                .collect(Collectors.toSet());
        Set<String> seen = new HashSet<>();
        int repeats = 0;
        long leastGap = Long.MAX_VALUE;
        long leastOverRestart = Long.MAX_VALUE;
        List<String> repeatedWithoutACrash = new ArrayList<>();
        Set<String> hidden = new HashSet<>();
        for (int i = 0; i < starts.size(); i++) {
            Start start = starts.get(i);
            Start before = i == 0 ? null : starts.get(i - 1);
            boolean restarted = before != null && killedBetween(before.nanos(), start.nanos());
            if (before != null) {
                long gap = start.nanos() - before.nanos();
                leastGap = Math.min(leastGap, gap);
                leastOverRestart = restarted ? Math.min(leastOverRestart, gap) : leastOverRestart;
            }
            if (restarted) {
                hidden.add(before.key());
            }
            if (!seen.add(start.key()) && !start.ids().stream().allMatch(CrashTests::mayBeRefused)) {
                repeats++;
                if (!hidden.remove(start.key())) {
                    repeatedWithoutACrash.add(start.key());
                }
            }
        }
        System.out.printf(
                "%d rounds, %d acknowledged, %d batches cancelled, %d ids lost, %d calls of %d repeats, least gap %.1f ms, over a restart"
                        + " %.1f ms, interval %d ms, seed %d%n",
                ROUNDS,
                acknowledged.size(),
                neverToBeSent.size(),
                lost.size(),
                repeats,
                starts.size(),
                leastGap / 1e6,
                leastOverRestart / 1e6,
                INTERVAL.toMillis(),
                seed);
        assertThat(lost).as("acknowledged and never fetched").isEmpty();
        assertThat(keys.values())
                .as("one submission under one key is one ingestion")
                .allMatch(of -> of.size() == 1);
        assertThat(repeatedWithoutACrash).as("repeated without a crash").isEmpty();
        assertThat(repeats).isLessThanOrEqualTo(ROUNDS);
        assertThat(starts)
                .as("sent after they were cancelled")
                .extracting(Start::key)
                .doesNotContainAnyElementsOf(neverToBeSent.isEmpty() ? Set.of("none") : neverToBeSent);
        assertThat(Duration.ofNanos(leastOverRestart)).isGreaterThanOrEqualTo(INTERVAL);
        for (int from = 0; from + STRETCH < starts.size(); from++) {
            assertThat(Duration.ofNanos(starts.get(from + STRETCH).nanos()
                            - starts.get(from).nanos()))
                    .as("%d intervals from batch %d", STRETCH, from)
                    .isGreaterThanOrEqualTo(INTERVAL.multipliedBy(STRETCH).minus(NOISE));
        }
    }
}
