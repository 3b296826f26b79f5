package dev.batchgate.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.doThrow;

import dev.batchgate.Http;
import dev.batchgate.ingestion.BatchQueue;
import dev.batchgate.ingestion.DispatchLog;
import dev.batchgate.ingestion.Ingestion;
import dev.batchgate.ingestion.Sighting;
import dev.batchgate.ingestion.Unavailable;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.bean.override.mockito.MockitoSpyBean;

/** Streams that cannot begin since the store cannot be read: refused at once, and nothing is left of them. */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
@DirtiesContext
class FailedStreamsTests {

    private static final String REASON = "The store cannot be read.";

    @LocalServerPort
    private int port;

    @MockitoSpyBean
    private BatchQueue queue;

    @MockitoSpyBean
    private DispatchLog dispatches;

    @Autowired
    private StreamRoom room;

    @Autowired
    private StatusStreams statuses;

    private static Unavailable gone() {
        return new Unavailable(REASON, Duration.ofSeconds(1));
    }

    private void assertRefused(String path) {
        Http.Answer answer = Http.impatient(port, Duration.ofSeconds(10)).get(path, "Accept", "text/event-stream");

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.json().get("error").asString()).isEqualTo(REASON);
        assertThat(room.open()).isZero();
        assertThat(statuses.isIdle()).isTrue();
    }

    @Test
    void anIngestionOfWhichNothingCanBeForetoldAtTheMoment() {
        Http http = new Http(port);
        http.send("POST", "/queue/pause", "");
        String id = http.submit("{\"ids\":[1]}");
        Ingestion found = queue.find(UUID.fromString(id)).orElseThrow();
        doReturn(Optional.of(new Sighting(found, () -> {
                    throw gone();
                })))
                .when(queue)
                .see(any());

        assertRefused("/status/" + id + "/events");
    }

    @Test
    void aQueueOfWhichNothingCanBeRead() {
        doThrow(gone()).when(dispatches).last();

        assertRefused("/queue/events");
    }
}
