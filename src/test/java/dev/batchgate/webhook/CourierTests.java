package dev.batchgate.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import dev.batchgate.ingestion.Attempt;
import dev.batchgate.ingestion.Delivery;
import dev.batchgate.ingestion.DeliveryState;
import dev.batchgate.ingestion.Outbox;
import dev.batchgate.ingestion.Unavailable;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** What becomes of attempts while the store is away, while this process stands still, and when it stops. */
class CourierTests {

    private final Outbox outbox = mock();
    private final AtomicLong nanos = new AtomicLong();
    private final CountDownLatch over = new CountDownLatch(1);
    private final WebhookProperties properties =
            Webhooks.properties("secrets=" + Webhooks.SECRET, "allow-private-addresses=true");
    private final Post post = new Post(
            WebhookClient.create(new AddressRule(properties), properties),
            new Signer(properties.secrets()),
            new JsonMapper(),
            Clock.systemUTC(),
            properties.timeout());
    private final Courier courier =
            new Courier(outbox, post, new Judge(properties, longest -> longest), List.of(), properties, nanos::get);

    @AfterEach
    void close() {
        over.countDown();
        courier.close();
    }

    private void holds(Delivery delivery) {
        when(outbox.due(any(), anyInt(), anyInt()))
                .thenReturn(List.of(new Outbox.Due(delivery.id(), delivery.host())))
                .thenReturn(List.of());
        when(outbox.claim(any(), any())).thenReturn(List.of(delivery));
    }

    @Test
    void whatWasReceivedWhileTheStoreWasAwayIsRecordedAndNotSentAgain() throws Exception {
        AtomicInteger recordings = new AtomicInteger();
        try (Receiver receiver = Receiver.answering(200)) {
            holds(Webhooks.delivery(receiver.url("/"), 1));
            when(outbox.record(any(), any())).thenAnswer(call -> {
                if (recordings.incrementAndGet() < 3) {
                    throw new Unavailable("away", Duration.ofSeconds(1));
                }
                assertThat(call.<Attempt>getArgument(1).verdict()).isEqualTo(DeliveryState.DELIVERED);
                return Optional.of(DeliveryState.DELIVERED);
            });

            courier.sendDue();

            await().until(() -> recordings.get() == 3);
            assertThat(receiver.arrivals()).hasSize(1);
        }
    }

    @Test
    void itGoesOnOnceTheStoreIsBack() throws Exception {
        try (Receiver receiver = Receiver.answering(200)) {
            Delivery delivery = Webhooks.delivery(receiver.url("/"), 1);
            when(outbox.due(any(), anyInt(), anyInt()))
                    .thenThrow(new Unavailable("away", Duration.ofSeconds(1)))
                    .thenThrow(new IllegalStateException("broken"))
                    .thenReturn(List.of(new Outbox.Due(delivery.id(), delivery.host())))
                    .thenReturn(List.of());
            when(outbox.claim(any(), any())).thenReturn(List.of(delivery));

            courier.start();

            await().until(() -> receiver.arrivals().size() == 1);
        }
    }

    /** Somebody else may have it by then. */
    @Test
    void whatWasClaimedBeforeThisProcessStoodStillIsNotSent() throws Exception {
        CountDownLatch claimed = new CountDownLatch(1);
        try (Receiver receiver = Receiver.answering(200)) {
            Delivery delivery = Webhooks.delivery(receiver.url("/"), 1);
            holds(delivery);
            when(outbox.claim(any(), any())).thenAnswer(call -> {
                nanos.addAndGet(Duration.ofSeconds(31).toNanos());
                claimed.countDown();
                return List.of(delivery);
            });

            courier.sendDue();

            assertThat(claimed.await(5, TimeUnit.SECONDS)).isTrue();
            await().during(Duration.ofMillis(300)).until(() -> receiver.connections() == 0);
        }
    }

    @Test
    void aStopWaitsForAnswersButNotForEver() throws Exception {
        CountDownLatch stopped = new CountDownLatch(1);
        try (Receiver silent = new Receiver((arrival, connection) -> over.await())) {
            holds(Webhooks.delivery(silent.url("/"), 1));
            courier.sendDue();
            await().until(() -> silent.arrivals().size() == 1);

            courier.stop(stopped::countDown);

            assertThat(stopped.await(1, TimeUnit.SECONDS)).isFalse();
            assertThat(stopped.await(8, TimeUnit.SECONDS)).isTrue();
            verify(outbox, never()).record(any(), any());
            assertThat(courier.sendDue()).as("nothing more begins").isFalse();
        }
    }
}
