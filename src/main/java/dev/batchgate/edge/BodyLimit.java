package dev.batchgate.edge;

import dev.batchgate.ingestion.Problem;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses a body over a limit with 413: at once where the client announces its size, else as soon as it has sent too much.
 * Either way the rest is not read. Entered by every request's thread; keeps no state.
 */
final class BodyLimit extends OncePerRequestFilter {

    private final long maxBytes;
    private final ProblemWriter problems;

    BodyLimit(long maxBytes, ProblemWriter problems) {
        this.maxBytes = maxBytes;
        this.problems = problems;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (request.getContentLengthLong() > maxBytes) {
            problems.write(tooLarge(), response);
        } else {
            chain.doFilter(new Limited(request), response);
        }
    }

    private ProblemDetail tooLarge() {
        return Problem.of(
                HttpStatus.CONTENT_TOO_LARGE,
                "The body is larger than the %d bytes that are read; split the list.".formatted(maxBytes));
    }

    /** A request whose body may be read up to the limit. */
    private final class Limited extends HttpServletRequestWrapper {

        Limited(HttpServletRequest request) {
            super(request);
        }

        @Override
        public ServletInputStream getInputStream() throws IOException {
            return new CountedBody(super.getInputStream(), maxBytes, () -> {
                // An IOException is what a reader of a stream expects; what it carries is what the client gets to see.
                throw new IOException(new ErrorResponseException(HttpStatus.CONTENT_TOO_LARGE, tooLarge(), null));
            });
        }
    }
}
