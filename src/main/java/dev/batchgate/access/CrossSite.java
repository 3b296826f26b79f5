package dev.batchgate.access;

import dev.batchgate.ingestion.Problem;
import dev.batchgate.ingestion.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses what a browser sends for a page of somebody else's, unless it changes nothing: whoever opens a page has not
 * meant to give an order here. Clients that are no browsers send none of the fields that it goes by. Entered by every
 * request's thread; keeps no state.
 */
final class CrossSite extends OncePerRequestFilter implements Ordered {

    static final int ORDER = -200;

    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS", "TRACE");
    private static final Set<String> OWN = Set.of("same-origin", "none");
    private static final String SITE = "Sec-Fetch-Site";
    private static final String FORWARDED_HOST = "X-Forwarded-Host";
    private static final Pattern SCHEME = Pattern.compile("^https?://");
    private static final Pattern USUAL_PORT = Pattern.compile(":(80|443)$");

    private final ProblemWriter problems;

    CrossSite(ProblemWriter problems) {
        this.problems = problems;
    }

    @Override
    public int getOrder() {
        return ORDER;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (isSafe(request) || isOwn(request)) {
            chain.doFilter(request, response);
        } else {
            problems.write(
                    Problem.of(
                            HttpStatus.FORBIDDEN,
                            "A browser sent this for a page of another site, which may change nothing here."),
                    response);
        }
    }

    /** Whether a request changes nothing, going by its method. */
    static boolean isSafe(HttpServletRequest request) {
        return SAFE.contains(request.getMethod());
    }

    /** Browsers tell which site a page is of only where the connection is safe, or local; the origin always. */
    private static boolean isOwn(HttpServletRequest request) {
        String site = request.getHeader(SITE);
        if (site != null) {
            return OWN.contains(site);
        }
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        return origin == null
                || isSame(origin, request.getHeader(HttpHeaders.HOST))
                // No page can set it; a proxy does that gives the request another Host.
                || isSame(origin, request.getHeader(FORWARDED_HOST));
    }

    private static boolean isSame(String origin, @Nullable String host) {
        return host != null
                && authority(SCHEME.matcher(origin).replaceFirst("")).equalsIgnoreCase(authority(host));
    }

    private static String authority(String host) {
        return USUAL_PORT.matcher(host.trim()).replaceFirst("");
    }
}
