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

    private static boolean isSound(HttpServletRequest request) throws IOException {
        // Who has asked for the body as a stream is not given the parameters of a form in it, which would be read here.
        request.getInputStream();
        try {
            request.getParameterMap();
            request.getLocale();
            ServletRequestPathUtils.parse(request);
            URI.create(request.getRequestURI());
        } catch (IllegalStateException | IllegalArgumentException malformed) {
            return false;
        }
        return !isOfAnyType(request)
                && canReadForwarded(request)
                && !SLASH_IN_A_NAME.matcher(request.getRequestURI()).matches();
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

    /** As those do who write links, and only where there is something to read, since every request comes by. */
    private static boolean canReadForwarded(HttpServletRequest request) {
        if (OF_PROXIES.stream().allMatch(name -> request.getHeader(name) == null)) {
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
}
