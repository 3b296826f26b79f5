package dev.batchgate.edge;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses a body over a limit with 413: at once where the client announces its size, else as soon as it has sent too
 * much; and one that comes too slowly with 408. Entered by every request's thread; keeps no state.
 */
final class BodyLimit extends OncePerRequestFilter {

    private final Allowance allowance;
    private final ProblemWriter problems;

    BodyLimit(Allowance allowance, ProblemWriter problems) {
        this.allowance = allowance;
        this.problems = problems;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (request.getContentLengthLong() > allowance.maxBytes()) {
            problems.write(allowance.tooLarge(), response);
        } else {
            chain.doFilter(new Limited(request, allowance), response);
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
