package dev.batchgate.edge;

import dev.batchgate.ingestion.Problem;
import dev.batchgate.ingestion.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.regex.Pattern;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.util.ForwardedHeaderUtils;
import org.springframework.web.util.ServletRequestPathUtils;

/**
 * Refuses with 400 what Tomcat lets through and whoever looks at it first would trip over, which is why this one looks
 * before all others. Entered by every request's thread; keeps no state.
 */
final class RequestCheck extends OncePerRequestFilter implements Ordered {

    /** The actuator takes a name with a slash in it for a defect of its own. */
    private static final Pattern SLASH_IN_A_NAME = Pattern.compile(".*/actuator/.*%2f.*", Pattern.CASE_INSENSITIVE);

    private static final List<String> OF_PROXIES =
            List.of("Forwarded", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Port");

    private final ProblemWriter problems;

    RequestCheck(ProblemWriter problems) {
        this.problems = problems;
    }

    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (isSound(request)) {
            chain.doFilter(request, response);
        } else {
            problems.write(
                    Problem.of(
                            HttpStatus.BAD_REQUEST,
                            "The path, the query or one of the fields Accept-Language, Content-Type, Forwarded and X-Forwarded-* is malformed or too long."),
                    response);
        }
    }

    /** What most requests do not have is not looked at, since every request comes by. */
    private static boolean isSound(HttpServletRequest request) throws IOException {
        // Who has asked for the body as a stream is not given the parameters of a form in it, which would be read here.
        request.getInputStream();
        try {
            if (request.getQueryString() != null) {
                request.getParameterMap();
            }
            if (request.getHeader(HttpHeaders.ACCEPT_LANGUAGE) != null) {
                request.getLocale();
            }
            return (isPlain(request.getRequestURI()) || isSoundPath(request))
                    && !isOfAnyType(request)
                    && canReadForwarded(request);
        } catch (IllegalStateException | IllegalArgumentException malformed) {
            return false;
        }
    }

    private static boolean isSoundPath(HttpServletRequest request) {
        ServletRequestPathUtils.parse(request);
        URI.create(request.getRequestURI());
        return !SLASH_IN_A_NAME.matcher(request.getRequestURI()).matches();
    }

    /** Of letters, digits, slashes, hyphens and dots alone, in which nothing can be wrong. */
    private static boolean isPlain(String path) {
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            boolean plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '-' && c <= '9');
            if (!plain) {
                return false;
            }
        }
        return path.startsWith("/") && !path.startsWith("//");
    }

    /** A type stands for what was sent, and Spring trips over one that stands for any. */
    private static boolean isOfAnyType(HttpServletRequest request) {
        String type = request.getContentType();
        if (type == null || type.indexOf('*') < 0) {
            return false;
        }
        try {
            MediaType read = MediaType.parseMediaType(type);
            return read.isWildcardType() || read.isWildcardSubtype();
        } catch (InvalidMediaTypeException noType) {
            return false;
        }
    }

    /** As those do who write links. */
    private static boolean canReadForwarded(HttpServletRequest request) {
        if (!comesFromProxy(request)) {
            return true;
        }
        try {
            ServletServerHttpRequest read = new ServletServerHttpRequest(request);
            ForwardedHeaderUtils.adaptFromForwardedHeaders(read.getURI(), read.getHeaders())
                    .build();
            return true;
        } catch (RuntimeException unreadable) {
            // Of many kinds: a lone comma, for one, is an index out of bounds.
            return false;
        }
    }

    private static boolean comesFromProxy(HttpServletRequest request) {
        for (String name : OF_PROXIES) {
            if (request.getHeader(name) != null) {
                return true;
            }
        }
        return false;
    }
}
