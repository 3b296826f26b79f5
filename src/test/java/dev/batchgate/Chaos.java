package dev.batchgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.batchgate.Disturbances.Disturbance;
import dev.batchgate.Disturbances.Excuse;
import dev.batchgate.Replicas.Replica;
import dev.batchgate.Replicas.Running;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Everything that can happen to replicas and their database, dealt like cards: each before any comes again. */
final class Chaos {

    /** Something that happens; returns when it is over. */
    private enum Misfortune {
        KILL,
        FREEZE,
        ROLL,
        HANG,
        HANG_AND_BREAK,
        DATABASE_CRASH,
        DATABASE_RESTART,
        DATABASE_FREEZE
    }

    private final Replicas replicas;
    private final PostgresServer server;
    private final Disturbances disturbances;
    private final Random random;
    private final List<Misfortune> deck = new ArrayList<>();
    private final List<String> happened = new ArrayList<>();

    Chaos(ReplicaGroup group, Random random) {
        this.replicas = group.replicas();
        this.server = group.server();
        this.disturbances = group.disturbances();
        this.random = random;
    }

    /** Two things at a time, to two replicas or to one of them and the database; returns when both are over. */
    void strike() throws Exception {
        TimeUnit.MILLISECONDS.sleep(random.nextInt(500));
        Misfortune first = deal();
        Misfortune second = deal();
        boolean oneDatabase = isOfTheDatabase(first) && isOfTheDatabase(second);
        int victim = random.nextInt(replicas.all().size());
        int other = (victim + 1) % replicas.all().size();
        CompletableFuture<Void> one = begin(first, victim);
        if (oneDatabase) {
            one.join();
        }
        CompletableFuture.allOf(one, begin(second, other)).join();
    }

    private static boolean isOfTheDatabase(Misfortune misfortune) {
        return misfortune.name().startsWith("DATABASE");
    }

    private Misfortune deal() {
        if (deck.isEmpty()) {
            deck.addAll(List.of(Misfortune.values()));
            Collections.shuffle(deck, random);
        }
        Misfortune dealt = deck.remove(0);
        happened.add(dealt.name());
        return dealt;
    }

    /** What has happened so far. */
    String happened() {
        return String.join(" ", happened).toLowerCase(Locale.ROOT);
    }

    private CompletableFuture<Void> begin(Misfortune misfortune, int victim) {
        Duration time = Duration.ofMillis(100 + random.nextInt(random.nextBoolean() ? 900 : 3_900));
        return CompletableFuture.runAsync(() -> {
            try {
                befall(misfortune, replicas.get(victim), time);
            } catch (InterruptedException stopping) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private void befall(Misfortune misfortune, Replica victim, Duration time) throws InterruptedException {
        switch (misfortune) {
            case KILL -> victim.killAndRestart(Duration.ofMillis(random.nextInt(500)));
            case FREEZE -> victim.freeze(time);
            case ROLL -> assertThat(victim.replace()).isZero();
            case HANG -> victim.part(time);
            case HANG_AND_BREAK -> victim.partAndCut(time);
            case DATABASE_CRASH -> outage(server::kill, time, server::start);
            case DATABASE_RESTART -> outage(server::stop, time, server::start);
            case DATABASE_FREEZE -> outage(server::freeze, time, server::thaw);
        }
    }

    private void outage(Runnable begin, Duration time, Runnable end) throws InterruptedException {
        Disturbance outage = disturbances.begin(Disturbances.EVERYBODY, Excuse.NO_ANSWER, Excuse.REPEAT);
        begin.run();
        TimeUnit.NANOSECONDS.sleep(time.toNanos());
        end.run();
        outage.over();
    }

    /** Returns when all replicas say that they are ready; fails if they do not in time. */
    void awaitRecovery() {
        for (Replica replica : replicas.all()) {
            Running running = replica.running();
            await().atMost(ReplicaGroup.RECOVERY)
                    .untilAsserted(() -> assertThat(running.isReady())
                            .as("%s is ready", running.name())
                            .isTrue());
        }
    }
}
