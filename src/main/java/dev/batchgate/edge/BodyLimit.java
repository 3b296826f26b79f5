package dev.batchgate.edge;

import dev.batchgate.ingestion.Problem;
import dev.batchgate.ingestion.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses a body over a limit with 413: at once where the client announces its size, else as soon as it has sent too
 * much; and one that comes too slowly with 408. So many are read at once as there is memory for; the others wait their turn,
 * except those that are there already. Entered by every request's thread.
 */
final class BodyLimit extends OncePerRequestFilter {

    /** By then those have been cut off that hold up the others. */
    private static final int PATIENCE_SECONDS = 20;

    private static final int PART_OF_WAITING = 7;

    private final Allowance allowance;
    private final ProblemWriter problems;
    private final Semaphore turns;

    /** Each of those who wait is being served as well, and may take up a thread. */
    private final int mostWaiting;

    /** @param atOnce bodies that are read at the same time */
    BodyLimit(Allowance allowance, int atOnce, ProblemWriter problems) {
        this.allowance = allowance;
        this.problems = problems;
        this.turns = new Semaphore(atOnce, true);
        this.mostWaiting = Math.max(1, atOnce / PART_OF_WAITING);
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (request.getContentLengthLong() > allowance.maxBytes()) {
            problems.write(allowance.tooLarge(), response);
        } else if (!hasBody(request) || Arrival.isWhole(request)) {
            chain.doFilter(new Limited(request, allowance), response);
        } else if (isItsTurn()) {
            try {
                chain.doFilter(new Limited(request, allowance), response);
            } finally {
                turns.release();
            }
        } else {
            response.setHeader(HttpHeaders.RETRY_AFTER, "1");
            problems.write(
                    Problem.of(
                            HttpStatus.SERVICE_UNAVAILABLE,
                            "More is being sent than can be read at once; nothing of this has been read. Try again in a moment."),
                    response);
        }
    }

    private static boolean hasBody(HttpServletRequest request) {
        return request.getContentLengthLong() > 0 || request.getHeader(HttpHeaders.TRANSFER_ENCODING) != null;
    }

    private boolean isItsTurn() {
        try {
            return turns.getQueueLength() < mostWaiting && turns.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** A request whose body may be read as far as the allowance goes. */
    private static final class Limited extends HttpServletRequestWrapper {

        private final ServletInputStream body;

        Limited(HttpServletRequest request, Allowance allowance) throws IOException {
            super(request);
            this.body = new CountedBody(request.getInputStream(), allowance);
        }

        @Override
        public ServletInputStream getInputStream() {
            return body;
        }
    }
}
