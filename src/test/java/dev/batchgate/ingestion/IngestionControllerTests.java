package dev.batchgate.ingestion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import tools.jackson.databind.json.JsonMapper;

/** What a status costs. */
class IngestionControllerTests {

    private static final UUID ID = UUID.randomUUID();

    private final MockHttpServletRequest request = new MockHttpServletRequest();
    private IngestionController controller;

    @BeforeEach
    void anIngestionThatNobodyMayForetell() {
        BatchQueue queue = mock();
        Ingestion waiting = Ingestion.of(
                ID,
                Priority.LOW,
                Instant.EPOCH,
                Ids.of(1),
                3,
                null,
                7,
                Collections.nCopies(1, BatchState.YET_TO_START));
        when(queue.see(ID)).thenReturn(Optional.of(new Sighting(waiting, () -> {
            throw new Foretold();
        })));
        IngestionService service = new IngestionService(
                queue, mock(), mock(), mock(), () -> Caller.ANYBODY, () -> null, new Telemetry(), Queues.properties());
        controller = new IngestionController(service, new Answering(mock()), new JsonMapper());
    }

    private static final class Foretold extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    @Test
    void howItGoesOnIsNotWorkedOutForWhomNothingHasChanged() throws Exception {
        for (String tag : new String[] {"W/\"7\"", "\"7\"", "\"x\", W/\"7\""}) {
            request.removeHeader(HttpHeaders.IF_NONE_MATCH);
            request.addHeader(HttpHeaders.IF_NONE_MATCH, tag);

            MockHttpServletResponse answer = new MockHttpServletResponse();

            controller.status(ID.toString(), request, answer);

            assertThat(answer.getStatus()).isEqualTo(304);
            assertThat(answer.getHeader(HttpHeaders.ETAG)).isEqualTo("W/\"7\"");
            assertThat(answer.getHeader(HttpHeaders.CACHE_CONTROL)).isEqualTo("no-cache");
            assertThat(answer.getContentAsByteArray()).isEmpty();
        }
    }

    @Test
    void whoKnowsAnotherStateIsToldAll() {
        request.addHeader(HttpHeaders.IF_NONE_MATCH, "W/\"6\", nonsense");

        assertThatThrownBy(() -> controller.status(ID.toString(), request, new MockHttpServletResponse()))
                .isInstanceOf(Foretold.class);
    }
}
