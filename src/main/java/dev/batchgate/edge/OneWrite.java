package dev.batchgate.edge;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import org.springframework.http.MediaType;

/**
 * Lets an answer of JSON leave in one piece, with its length: Spring MVC flushes each body when it is written, and Tomcat
 * would then send a chunk, and the end of the chunks apart from it. Nor may what is answered later be flushed: the request may
 * still be with its first thread; or be sent by whoever answers where its client may not read. What is sent bit by bit is no JSON, and
 * flushed as before. Entered by every request's thread; keeps no state. See docs/performance.md.
 */
final class OneWrite implements Filter {

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        chain.doFilter(request, new Unhurried(Arrival.canBeAnsweredAtOnce(request), (HttpServletResponse) response));
    }

    private static final class Unhurried extends HttpServletResponseWrapper {

        private final boolean mayBeSentAtOnce;

        Unhurried(boolean mayBeSentAtOnce, HttpServletResponse response) {
            super(response);
            this.mayBeSentAtOnce = mayBeSentAtOnce;
        }

        /**
         * Tomcat sends as much as was announced as soon as it is there, on the thread that gives it. What is not announced, it counts
         * and sends once the request is over.
         */
        @Override
        public void setContentLength(int length) {
            if (mayBeSentAtOnce) {
                super.setContentLength(length);
            }
        }

        @Override
        public void flushBuffer() throws IOException {
            if (!isJson()) {
                super.flushBuffer();
            }
        }

        private boolean isJson() {
            String type = getContentType();
            return type != null
                    && (type.startsWith(MediaType.APPLICATION_JSON_VALUE)
                            || type.startsWith(MediaType.APPLICATION_PROBLEM_JSON_VALUE));
        }
    }
}
