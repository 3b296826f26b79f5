package dev.batchgate.ledger;

import dev.batchgate.ingestion.Fairness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** A random history of an honest service, or of one that gives a single slot to another batch than the most urgent one. */
final class SimulatedHistory {

    private static final int STEPS = 150;

    private final Random random;
    private final boolean cheats;
    private final boolean fair;
    private SimulatedService service;
    private SimulatedReplicas replicas;
    private boolean cheated;

    SimulatedHistory(Random random, boolean cheats) {
        this(random, cheats, STEPS);
        steps(STEPS);
    }

    /** Of replicas, who have taken over an embedded store half of the time. */
    static SimulatedHistory ofReplicas(Random random, boolean cheats) {
        int before = random.nextBoolean() ? 0 : random.nextInt(STEPS);
        SimulatedHistory history = new SimulatedHistory(random, cheats, before);
        history.steps(before);
        if (before > 0) {
            history.replicas = new SimulatedReplicas(history.service, history.interval(), history.maxInFlight());
            history.service = history.replicas;
            history.favour();
        }
        history.steps(STEPS - before);
        return history;
    }

    private SimulatedHistory(Random random, boolean cheats, int embeddedSteps) {
        this.random = random;
        this.cheats = cheats;
        this.fair = random.nextInt(3) > 0;
        if (embeddedSteps == 0) {
            replicas = new SimulatedReplicas(interval(), maxInFlight(), fairness());
            service = replicas;
        } else {
            service = new SimulatedService(interval(), maxInFlight(), fairness());
        }
        // Shows at once which version wrote the store.
        service.submit("LOW", 1);
        service.complete(service.take());
        favour();
    }

    private void favour() {
        if (cheats) {
            service.favour = this::cheat;
        }
    }

    private List<SimulatedIngestion.Unit> cheat(List<SimulatedIngestion.Unit> all) {
        if (cheated || all.size() < 2 || !all.get(0).isCertain(service.now()) || random.nextInt(4) > 0) {
            return all;
        }
        cheated = true;
        return all.subList(1, all.size());
    }

    boolean hasCheated() {
        return cheated;
    }

    void write(HandMadeStore store) {
        service.write(store);
    }

    private static Duration seconds(int seconds) {
        return Duration.ofSeconds(seconds);
    }

    private Duration interval() {
        return seconds(1 + random.nextInt(9));
    }

    private int maxInFlight() {
        return 1 + random.nextInt(3);
    }

    private Fairness fairness() {
        Duration aging = seconds(1 + random.nextInt(90));
        return new Fairness(fair && random.nextInt(4) > 0, fair && random.nextInt(3) > 0 ? aging : null);
    }

    private String owner() {
        return Arrays.asList(null, "a", "b", "c").get(random.nextInt(4));
    }

    private String priority() {
        return List.of("HIGH", "MEDIUM", "LOW").get(random.nextInt(3));
    }

    private void steps(int count) {
        for (int step = 0; step < count; step++) {
            step();
        }
    }

    private void step() {
        switch (random.nextInt(18)) {
            case 0, 1 -> service.submit(priority(), 1 + random.nextInt(9), owner());
            case 2, 3, 4, 5, 6 -> take();
            case 7, 8, 9, 10, 11 -> finish();
            case 12 -> service.pass(seconds(random.nextInt(10)));
            case 13, 14, 15 -> order();
            case 16 -> restart();
            default -> rare();
        }
    }

    private void take() {
        if (replicas != null) {
            replicas.turnTo(replicas.replicas.get(random.nextInt(replicas.replicas.size())));
        }
        SimulatedIngestion.Unit unit = service.take();
        if (replicas != null && unit != null && random.nextInt(4) == 0) {
            replicas.departLate(unit, seconds(random.nextInt(9)));
        }
    }

    private void finish() {
        if (service.flying.isEmpty()) {
            return;
        }
        SimulatedIngestion.Unit unit = service.flying.get(random.nextInt(service.flying.size()));
        Duration wait = seconds(random.nextInt(3) == 0 ? 0 : random.nextInt(30));
        if (replicas != null && random.nextInt(4) == 0) {
            if (random.nextBoolean()) {
                replicas.lose(unit);
            } else {
                replicas.unsend(unit, wait);
            }
            return;
        }
        List<String> outcomes = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            outcomes.add(Arrays.asList("completed", "completed", "failed", null).get(random.nextInt(4)));
        }
        service.finish(
                unit,
                random.nextInt(6) == 0 ? Collections.singletonList(null) : outcomes,
                wait,
                seconds(random.nextInt(5) == 0 ? random.nextInt(40) : 0));
    }

    private void order() {
        if (service.records.ingestions.isEmpty()) {
            return;
        }
        SimulatedIngestion ingestion =
                service.records.ingestions.get(random.nextInt(service.records.ingestions.size()));
        switch (random.nextInt(10)) {
            // What was asked for again and then cancelled may not have waited, for all that its row tells.
            case 0 -> {
                if (!cheats || !ingestion.isAskedAgain()) {
                    service.cancel(ingestion);
                }
            }
            case 1 -> service.move(ingestion, priority());
            case 2, 3, 4, 5 -> service.retry(ingestion);
            case 6 -> service.pause();
            default -> service.resume();
        }
    }

    private void restart() {
        if (replicas != null && random.nextInt(4) > 0) {
            replicas.join(interval(), maxInFlight(), fairness());
        } else {
            service.restart(interval(), maxInFlight(), fairness());
        }
    }

    private void rare() {
        if (random.nextBoolean() && replicas == null) {
            service.setWallClockWrongBy(seconds(random.nextInt(200) - 100));
        } else if (!cheats) {
            service.forget(seconds(random.nextInt(60)));
        }
    }
}
