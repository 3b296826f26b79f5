package dev.batchgate.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Whatever happens to an honest service, crashes, clocks that are set and retention included, nobody is accused; but
 * somebody is as soon as a single slot goes to another batch than the most urgent one.
 */
class HonestStoresTests {

    private static final int STEPS = 150;

    @Property(tries = 200)
    void nobodyIsAccused(@ForAll Random random) {
        try (HandMadeStore store = HandMadeStore.empty()) {
            SimulatedService service = new History(random).service;
            service.write(store);

            assertThat(store.verify()).contains("violations   0");
        }
    }

    @Property(tries = 200)
    void oneSlotThatWentToSomebodyElseIsSeen(@ForAll Random random) {
        try (HandMadeStore store = HandMadeStore.empty()) {
            History history = new History(random, true);
            history.service.write(store);

            assertThat(store.verify())
                    .containsPattern(history.cheated ? "(priority|FIFO|order): slot" : "violations   0");
        }
    }

    private static final class History {

        private final Random random;
        private final SimulatedService service;
        private boolean cheated;

        History(Random random) {
            this(random, false);
        }

        History(Random random, boolean cheats) {
            this.random = random;
            this.service = new SimulatedService(seconds(1 + random.nextInt(9)), 1 + random.nextInt(3));
            // Shows at once which version wrote the store.
            service.submit("LOW", 1);
            service.complete(service.take());
            if (cheats) {
                service.favour = this::cheat;
            }
            for (int step = 0; step < STEPS; step++) {
                step(cheats);
            }
        }

        private List<SimulatedIngestion.Unit> cheat(List<SimulatedIngestion.Unit> all) {
            if (cheated || all.size() < 2 || !all.get(0).isCertain(service.now()) || random.nextInt(4) > 0) {
                return all;
            }
            cheated = true;
            return all.subList(1, all.size());
        }

        private static Duration seconds(int seconds) {
            return Duration.ofSeconds(seconds);
        }

        private void step(boolean cheats) {
            switch (random.nextInt(18)) {
                case 0, 1 -> service.submit(priority(), 1 + random.nextInt(9));
                case 2, 3, 4, 5, 6 -> service.take();
                case 7, 8, 9, 10, 11 -> finish();
                case 12 -> service.pass(seconds(random.nextInt(10)));
                case 13, 14, 15 -> order(cheats);
                case 16 -> restart();
                default -> rare(cheats);
            }
        }

        private String priority() {
            return List.of("HIGH", "MEDIUM", "LOW").get(random.nextInt(3));
        }

        private void finish() {
            if (service.flying.isEmpty()) {
                return;
            }
            List<String> outcomes = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                outcomes.add(
                        Arrays.asList("completed", "completed", "failed", null).get(random.nextInt(4)));
            }
            service.finish(
                    service.flying.get(random.nextInt(service.flying.size())),
                    random.nextInt(6) == 0 ? Collections.singletonList(null) : outcomes,
                    seconds(random.nextInt(3) == 0 ? 0 : random.nextInt(30)),
                    seconds(random.nextInt(5) == 0 ? random.nextInt(40) : 0));
        }

        private void order(boolean cheats) {
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
            service.restart(seconds(1 + random.nextInt(9)), 1 + random.nextInt(3));
        }

        private void rare(boolean cheats) {
            if (random.nextBoolean()) {
                service.setWallClockWrongBy(seconds(random.nextInt(200) - 100));
            } else if (!cheats) {
                service.forget(seconds(random.nextInt(60)));
            }
        }
    }
}
