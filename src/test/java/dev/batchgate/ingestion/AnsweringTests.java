package dev.batchgate.ingestion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.batchgate.Http;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

/** What clients are told by a service of four threads, whose queue takes its time to accept something. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {"server.tomcat.threads.max=4", "spring.threads.virtual.enabled=false"})
@Import(AnsweringTests.Hesitant.class)
class AnsweringTests {

    private static final int CLIENTS = 50;

    private static final Map<UUID, CompletableFuture<Receipt>> ACCEPTING = new ConcurrentHashMap<>();

    @LocalServerPort
    private int port;

    /** What becomes of a submission a moment after it has come; empty while that is left to the test. */
    private static volatile Optional<Consumer<CompletableFuture<Receipt>>> decision = Optional.empty();

    /** Not a configuration by name, which the tests that look for those of this package would use as well. */
    static class Hesitant {
        @Bean
        @Primary
        BatchQueue queue() throws InterruptedException {
            BatchQueue queue = mock();
            when(queue.take()).thenAnswer(asked -> {
                Thread.sleep(Long.MAX_VALUE);
                return null;
            });
            when(queue.overdue()).thenReturn(Duration.ZERO);
            when(queue.submit(any())).thenAnswer(asked -> {
                CompletableFuture<Receipt> receipt = new CompletableFuture<>();
                ACCEPTING.put(asked.<Submission>getArgument(0).id(), receipt);
                decision.ifPresent(decided -> CompletableFuture.delayedExecutor(100, TimeUnit.MILLISECONDS)
                        .execute(() -> decided.accept(receipt)));
                return receipt;
            });
            return queue;
        }
    }

    @BeforeEach
    void nothingIsBeingAccepted() {
        ACCEPTING.clear();
        decision = Optional.empty();
    }

    @Test
    void manyMoreMayWaitThanThereAreThreads() throws Exception {
        List<Socket> clients = new ArrayList<>();
        for (int one = 0; one < CLIENTS; one++) {
            clients.add(submit());
        }
        await().until(() -> ACCEPTING.size() == CLIENTS);
        assertThat(new Http(port).get("/actuator/health/liveness").status()).isEqualTo(200);
        for (Socket client : clients) {
            assertThat(client.getInputStream().available())
                    .as("told before it is known")
                    .isZero();
        }

        ACCEPTING.forEach((id, receipt) -> receipt.complete(accepted(id)));

        List<String> ids = new ArrayList<>();
        for (Socket client : clients) {
            String answer = read(client);
            assertThat(answer).startsWith("HTTP/1.1 200 ");
            ids.add(answer.substring(answer.lastIndexOf("ion_id\":\"") + 9, answer.lastIndexOf('"')));
        }
        assertThat(ids)
                .containsExactlyInAnyOrderElementsOf(
                        ACCEPTING.keySet().stream().map(UUID::toString).toList());
    }

    @Test
    void aRefusalThatComesLaterIsExplainedLikeAnyOther() {
        once(receipt ->
                receipt.completeExceptionally(BacklogFull.by(1, 10, Duration.ofSeconds(7), Duration.ofSeconds(1))));

        Http.Answer answer = new Http(port).ingest("{\"ids\":[1]}", "Prefer", "respond-async");

        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.header("Retry-After")).isEqualTo("7");
        assertThat(answer.header("Preference-Applied")).isEmpty();
        assertThat(answer.header("Location")).isEmpty();
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(answer.header("Content-Length"))
                .as("sent at once, by the container")
                .isNotEmpty();
        assertThat(answer.json().get("detail").asString()).contains("holds at most 10 batches");
    }

    @Test
    void aDefectThatShowsLaterIsToldToo() {
        once(receipt -> receipt.completeExceptionally(new NoClassDefFoundError("on purpose")));

        assertThat(new Http(port).ingest("{\"ids\":[1]}").status()).isEqualTo(500);
    }

    @Test
    void anAnswerThatCannotBeGivenIsNoSuccess() throws Exception {
        CompletableFuture<String> known = new CompletableFuture<>();
        MockHttpServletRequest request = new MockHttpServletRequest();
        request.setAsyncSupported(true);
        MockHttpServletResponse response = new MockHttpServletResponse();
        new Answering(mock()).once(known, request, response, word -> {
            response.setHeader("Location", word);
            throw new OutOfMemoryError("on purpose");
        });

        known.complete("there");

        assertThat(response.getStatus()).isEqualTo(500);
        assertThat(response.getHeader("Location")).isNull();
        assertThat(request.isAsyncStarted()).as("left open").isFalse();
    }

    @Test
    void whoHasGoneIsNotMissed() throws Exception {
        List<Socket> gone =
                IntStream.range(0, CLIENTS).mapToObj(one -> submit()).toList();
        await().until(() -> ACCEPTING.size() == CLIENTS);
        for (Socket one : gone) {
            one.setSoLinger(true, 0);
            one.close();
        }
        ACCEPTING.forEach((id, receipt) -> receipt.complete(accepted(id)));
        once(receipt -> receipt.complete(accepted(UUID.randomUUID())));

        assertThat(new Http(port).ingest("{\"ids\":[1]}").status()).isEqualTo(200);
    }

    private static Receipt accepted(UUID id) {
        return new Receipt(id, Quota.UNLIMITED.remaining(0, 0));
    }

    private static void once(Consumer<CompletableFuture<Receipt>> decided) {
        decision = Optional.of(decided);
    }

    private Socket submit() {
        try {
            return new Http(port).begin("{\"ids\":[1]}", 11);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static String read(Socket socket) throws IOException {
        try (socket) {
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
