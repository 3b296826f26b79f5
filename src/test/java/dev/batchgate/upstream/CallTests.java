package dev.batchgate.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.batchgate.ingestion.Departure;
import dev.batchgate.ingestion.IdOutcome;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.core5.http.io.HttpClientConnection;
import org.junit.jupiter.api.Test;

class CallTests {

    private final List<String> done = new ArrayList<>();
    private final HttpClientConnection connection = (HttpClientConnection) Proxy.newProxyInstance(
            getClass().getClassLoader(), new Class<?>[] {HttpClientConnection.class}, (proxy, method, arguments) -> {
                done.add(method.getName());
                return null;
            });

    private boolean slotIsOpen = true;

    @Test
    void whatWasGivenUpOnDoesNotLeaveHoweverLateItIsConnected() {
        Call call = call(Duration.ofMillis(1));
        call.answer().join();

        assertThat(call.departure()).isCompleted();
        assertThatThrownBy(() -> call.leave(connection)).hasMessage("given up before it left");
        assertThat(done).isEmpty();
    }

    @Test
    void whatLeavesHasDepartedOnceItWasHandedToTheNetwork() {
        Call call = call(Duration.ofHours(1));
        assertThat(call.departure()).isNotDone();

        call.leave(connection);

        assertThat(done).containsExactly("flush", "left");
        assertThat(call.departure()).isCompleted();
        assertThat(call.answer()).isNotDone();
    }

    @Test
    void whatFindsItsSlotOverIsWithheld() {
        slotIsOpen = false;
        Call call = call(Duration.ofHours(1));

        assertThatThrownBy(() -> call.leave(connection)).hasMessage("the slot was over before it left");

        assertThat(done).isEmpty();
        assertThat(call.departure()).isCompleted();
        assertThat(call.answer().join()).containsExactly(new IdOutcome.Withheld());
    }

    @Test
    void aRedirectThatFindsItsSlotOverIsMissedForItsRequestHasLeft() {
        Call call = call(Duration.ofHours(1));
        call.leave(connection);
        slotIsOpen = false;

        assertThatThrownBy(() -> call.leave(connection)).hasMessage("the slot was over before it left");

        assertThat(done).containsExactly("flush", "left");
        assertThat(call.answer().join())
                .containsExactly(
                        new IdOutcome.Missed("Batchgate was held up before it could follow a redirect", null, true));
    }

    @Test
    void aRedirectLeavesToo() {
        Call call = call(Duration.ofHours(1));
        call.connected();
        call.leave(connection);
        call.connected();
        call.leave(connection);

        assertThat(done).containsExactly("flush", "left", "flush", "left");
    }

    @Test
    void aRedirectOfWhatWasGivenUpOnDoesNotLeave() {
        Call call = call(Duration.ofHours(1));
        call.connected();
        call.leave(connection);
        call.abandon("any");

        assertThatThrownBy(call::connected).hasMessage("given up before it left");
        assertThatThrownBy(() -> call.leave(connection)).hasMessage("given up before it left");
        assertThat(done).containsExactly("flush", "left");
    }

    @Test
    void whatIsLateCountsAsConnectedOnceThereIsAConnection() {
        Call early = call(Duration.ofMillis(1));
        Call late = call(Duration.ofMillis(100));
        late.connected();

        assertThat(early.answer().join())
                .containsExactly(new IdOutcome.Missed("no connection to the upstream within 1 ms", null, false));
        assertThat(late.answer().join())
                .containsExactly(new IdOutcome.Missed("no complete answer within 100 ms", null, true));
    }

    @Test
    void ofSeveralWishesToBeLeftAloneTheLongestCounts() {
        Call call = call(Duration.ofHours(1));
        assertThat(call.closedFor()).isZero();

        call.heard(Duration.ofDays(36_500));
        call.heard(Duration.ofSeconds(1));
        call.heard(Duration.ZERO);

        assertThat(call.closedFor()).isBetween(Duration.ofDays(36_499), Duration.ofDays(36_500));
    }

    private Call call(Duration timeout) {
        return new Call(
                HttpClients.createMinimal(),
                new UrlTemplate.Target(List.of(1L), false, URI.create("http://127.0.0.1:1/")),
                "batch",
                new Departure() {
                    @Override
                    public void happened() {}

                    @Override
                    public void left() {
                        done.add("left");
                    }

                    @Override
                    public boolean isAllowed() {
                        return slotIsOpen;
                    }
                },
                timeout,
                1);
    }
}
