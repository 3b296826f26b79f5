package dev.batchgate;

import static org.awaitility.Awaitility.await;

import dev.batchgate.Replicas.Running;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/**
 * Clients that submit to any replica, ask another one again what was not answered, cancel some of it, and watch the rest;
 * they note whatever no client should see. One thread a client.
 */
final class ReplicaClients implements AutoCloseable {

    /** What is asked for under one key, however often; {@code asked} is when it was for the first time. */
    record Submission(String key, String priority, List<Integer> ids, long asked) {}

    /** What was promised, and since when. */
    record Acknowledged(String id, Submission submission, long answered) {}

    private final Replicas replicas;
    private final Disturbances disturbances;
    private final Random random;
    private final ExecutorService threads;
    private final Semaphore allowed = new Semaphore(0);
    private final AtomicInteger lastId = new AtomicInteger();
    private final AtomicInteger submitting = new AtomicInteger();
    private final Queue<Submission> unanswered = new ConcurrentLinkedQueue<>();
    private final Map<String, Acknowledged> acknowledged = new ConcurrentHashMap<>();
    private final Set<String> cancelled = ConcurrentHashMap.newKeySet();
    private final Map<String, Long> batchesCancelled = new ConcurrentHashMap<>();
    private final Map<String, Set<String>> completed = new ConcurrentHashMap<>();
    private final Queue<String> complaints = new ConcurrentLinkedQueue<>();
    private final AtomicInteger refusals = new AtomicInteger();
    private volatile boolean closed;

    ReplicaClients(int clients, ReplicaGroup group, Random random) {
        this.replicas = group.replicas();
        this.disturbances = group.disturbances();
        this.random = random;
        this.threads = Executors.newFixedThreadPool(clients);
        for (int i = 0; i < clients; i++) {
            threads.execute(this::live);
        }
    }

    /** Lets them submit so many more. */
    void allow(int submissions) {
        allowed.release(submissions);
    }

    /** Whether all that was allowed has been submitted and answered. */
    boolean isDone() {
        return allowed.availablePermits() == 0 && submitting.get() == 0 && unanswered.isEmpty();
    }

    /** By the ingestion's id. */
    Map<String, Acknowledged> acknowledged() {
        return Map.copyOf(acknowledged);
    }

    /** Ingestions that were asked to be cancelled, whatever came of it. */
    Set<String> cancelled() {
        return Set.copyOf(cancelled);
    }

    /** When an answer said of a batch that it was cancelled. */
    Map<String, Long> batchesCancelled() {
        return Map.copyOf(batchesCancelled);
    }

    /** What no client should have seen. */
    List<String> complaints() {
        return List.copyOf(complaints);
    }

    /** How often they were told, or had to find out, that they could not be served just then. */
    int refusals() {
        return refusals.get();
    }

    private void live() {
        try {
            while (!closed) {
                submit();
                watch();
                TimeUnit.MILLISECONDS.sleep(random.nextInt(20));
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error defect) {
            complaints.add("a client failed: " + defect);
        }
    }

    private void submit() {
        submitting.incrementAndGet();
        try {
            Submission submission = unanswered.poll();
            if (submission == null && allowed.tryAcquire()) {
                submission = next();
            }
            if (submission != null) {
                submit(submission);
            }
        } finally {
            submitting.decrementAndGet();
        }
    }

    private Submission next() {
        int size = 1 + random.nextInt(6);
        int last = lastId.addAndGet(size);
        return new Submission(
                "key-" + last,
                List.of("HIGH", "MEDIUM", "LOW").get(random.nextInt(3)),
                IntStream.rangeClosed(last - size + 1, last).boxed().toList(),
                System.nanoTime());
    }

    private void submit(Submission submission) {
        Optional<Http.Answer> answer = ask(http -> http.ingest(
                "{\"ids\":%s,\"priority\":\"%s\"}".formatted(submission.ids(), submission.priority()),
                "Idempotency-Key",
                submission.key()));
        if (answer.isEmpty()) {
            unanswered.add(submission);
            return;
        }
        if (answer.get().status() != 200) {
            complaints.add("%s was refused: %s"
                    .formatted(submission, answer.get().response().body()));
            return;
        }
        String id = answer.get().json().get("ingestion_id").asString();
        acknowledged.put(id, new Acknowledged(id, submission, System.nanoTime()));
        if (random.nextInt(8) == 0) {
            cancel(id);
        }
    }

    private void cancel(String id) {
        cancelled.add(id);
        ask(http -> http.send("DELETE", "/ingest/" + id, "")).ifPresent(answer -> {
            long answered = System.nanoTime();
            if (answer.status() != 200) {
                complaints.add(
                        "cancelling %s: %s".formatted(id, answer.response().body()));
                return;
            }
            for (JsonNode batch : answer.json().get("batches")) {
                if (batch.get("status").asString().equals("cancelled")) {
                    batchesCancelled.put(batch.get("batch_id").asString(), answered);
                }
            }
        });
    }

    private void watch() {
        List<Acknowledged> known = new ArrayList<>(acknowledged.values());
        if (known.isEmpty()) {
            return;
        }
        Acknowledged one = known.get(random.nextInt(known.size()));
        Set<String> before = Set.copyOf(completed.getOrDefault(one.id(), Set.of()));
        ask(http -> http.get("/status/" + one.id())).ifPresent(answer -> {
            if (answer.status() != 200) {
                complaints.add("status of %s, which was acknowledged: %s".formatted(one, answer.status()));
                return;
            }
            List<Integer> ids = new ArrayList<>();
            Set<String> now = new HashSet<>();
            for (JsonNode batch : answer.json().get("batches")) {
                batch.get("ids").forEach(id -> ids.add(id.asInt()));
                if (batch.get("status").asString().equals("completed")) {
                    now.add(batch.get("batch_id").asString());
                }
            }
            if (!ids.equals(one.submission().ids())) {
                complaints.add("%s is said to be of %s".formatted(one, ids));
            }
            if (!now.containsAll(before)) {
                complaints.add("%s of %s were completed, and now only %s".formatted(before, one, now));
            }
            completed
                    .computeIfAbsent(one.id(), first -> ConcurrentHashMap.newKeySet())
                    .addAll(now);
        });
    }

    /** Asks some replica; empty if it could not answer, and had an excuse or is complained about. */
    private Optional<Http.Answer> ask(Function<Http, Http.Answer> question) {
        Running process =
                replicas.all().get(random.nextInt(replicas.all().size())).running();
        long asked = System.nanoTime();
        try {
            Http.Answer answer = question.apply(process.http());
            if (answer.status() < 500) {
                return Optional.of(answer);
            }
            if (answer.status() != 503 || !answer.header("Retry-After").matches("[1-9][0-9]*")) {
                complaints.add("%s answered with %d and Retry-After: %s, %s"
                        .formatted(
                                process.name(),
                                answer.status(),
                                answer.header("Retry-After"),
                                answer.response().body()));
            }
            excuse(process, asked, "an answer of " + answer.response().body());
        } catch (AssertionError broken) {
            if (!closed) {
                excuse(process, asked, String.valueOf(broken.getCause()));
            }
        }
        return Optional.empty();
    }

    private void excuse(Running process, long asked, String what) {
        refusals.incrementAndGet();
        long now = System.nanoTime();
        if (!disturbances.excuseNoAnswer(process.name(), asked, now)) {
            complaints.add("undisturbed, %s let a client down after %d ms: %s"
                    .formatted(process.name(), TimeUnit.NANOSECONDS.toMillis(now - asked), what));
        }
    }

    /** Lets them go; what they were waiting for does not count any more. */
    void leave() {
        closed = true;
        threads.shutdownNow();
        await().atMost(Duration.ofSeconds(30)).until(threads::isTerminated);
    }

    @Override
    public void close() {
        leave();
    }
}
