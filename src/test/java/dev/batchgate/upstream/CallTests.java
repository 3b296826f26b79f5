package dev.batchgate.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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

        assertThat(done).containsExactly("flush");
        assertThat(call.departure()).isCompleted();
        assertThat(call.answer()).isNotDone();
    }

    private static Call call(Duration timeout) {
        return new Call(
                HttpClients.createMinimal(),
                new UrlTemplate.Target("id 1", URI.create("http://127.0.0.1:1/")),
                "batch",
                timeout);
    }
}
