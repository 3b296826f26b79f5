package dev.batchgate.ingestion;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.HandlerMapping;

/**
 * Answers a request once something is known, without a thread that waits for that: with hundreds of clients the stacks of
 * as many threads are what the collector is busy with; see docs/performance.md. Spring's deferred results would go through the
 * dispatcher a second time.
 *
 * <p>Requests' threads enter. An answer is given by the thread that makes it known. One that announces its length is sent by that
 * thread as well where its client cannot keep it waiting ({@code edge.OneWrite}), else by one of the container's. What went wrong is
 * explained on a thread of the container.
 */
final class Answering {

    private static final Logger log = LoggerFactory.getLogger(Answering.class);

    private final HandlerExceptionResolver problems;

    /** @param problems explains to the client what went wrong, see {@link Problems} */
    Answering(HandlerExceptionResolver problems) {
        this.problems = problems;
    }

    /** Puts a small answer into the response. */
    interface Answer<T> {
        void write(T known) throws IOException;
    }

    <T> void once(
            CompletableFuture<T> known, HttpServletRequest request, HttpServletResponse response, Answer<T> answer)
            throws IOException {
        if (known.isDone() && !known.isCompletedExceptionally()) {
            answer.write(known.join());
            return;
        }
        AsyncContext later = request.startAsync();
        // What becomes of it must be known, however long it takes.
        later.setTimeout(0);
        // All that may go wrong is seen to below, so what comes of it is of no interest.
        CompletionStage<T> inTime = known;
        inTime.whenComplete((value, failure) -> {
            if (failure == null) {
                write(answer, value, response, later);
            } else {
                explain(failure, request, response, later);
            }
        });
    }

    private static <T> void write(Answer<T> answer, T value, HttpServletResponse response, AsyncContext later) {
        try {
            answer.write(value);
        } catch (IOException gone) {
            log.debug(
                    "A client has gone, or does not read; what its answer would have told is done all the same", gone);
        } catch (RuntimeException | Error failure) {
            log.error("An answer could not be given; what it would have told is done all the same", failure);
            // Not a success of which the half is missing.
            response.reset();
            response.setStatus(HttpServletResponse.SC_INTERNAL_SERVER_ERROR);
        } finally {
            end(later);
        }
    }

    private void explain(
            Throwable failure, HttpServletRequest request, HttpServletResponse response, AsyncContext later) {
        Exception reason = reason(failure);
        response.setStatus(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
        try {
            later.start(() -> {
                try {
                    // As the dispatcher does: a refusal has a type of its own.
                    request.removeAttribute(HandlerMapping.PRODUCIBLE_MEDIA_TYPES_ATTRIBUTE);
                    problems.resolveException(request, response, null, reason);
                } finally {
                    end(later);
                }
            });
        } catch (RuntimeException | Error nobody) {
            log.warn("Nobody is left to say what went wrong", nobody);
            end(later);
        }
    }

    private static void end(AsyncContext later) {
        try {
            later.complete();
        } catch (IllegalStateException ended) {
            log.debug("The container has ended the request, its client having gone", ended);
        }
    }

    private static Exception reason(Throwable failure) {
        @Nullable Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return cause instanceof Exception known ? known : new IllegalStateException(failure);
    }
}
