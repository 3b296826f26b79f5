package dev.batchgate.edge;

import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.server.PathContainer;
import org.springframework.web.cors.CorsUtils;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.condition.PathPatternsRequestCondition;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.util.ServletRequestPathUtils;
import org.springframework.web.util.pattern.PathPattern;

/**
 * Finds the controller's method for requests as plain as nearly all are: JSON in, if anything, and JSON out or whatever there is. Spring
 * asks each method for all its conditions, those of the actuator first and the path last, which is a tenth of what a small
 * answer costs; see docs/performance.md. Less plain ones, and those that nobody answers, are Spring's as ever.
 *
 * <p>Filled before the first request. Any thread may enter.
 */
final class PlainRequests extends RequestMappingHandlerMapping {

    /** The actuator's are at -100, with paths that no controller has. */
    private static final int BEFORE_ACTUATOR = -101;

    private static final Set<MediaType> JSON = Set.of(MediaType.APPLICATION_JSON);

    private static final Pattern LITERAL = Pattern.compile("[A-Za-z0-9.-]*");

    /** By the first part of its path. */
    private final Map<String, List<Mapped>> mapped = new HashMap<>();

    /** One cannot be told by the first part of its path, or by what is looked at here. */
    private boolean unclear;

    /** @param json whether it produces JSON alone, and consumes nothing else */
    private record Mapped(PathPattern path, RequestMappingInfo info, HandlerMethod handler, boolean json) {

        boolean takes(HttpServletRequest request, PathContainer asked) {
            return path.matches(asked)
                    && info.getMethodsCondition().getMatchingCondition(request) != null
                    && info.getHeadersCondition().getMatchingCondition(request) != null;
        }
    }

    @Override
    public int getOrder() {
        return BEFORE_ACTUATOR;
    }

    @Override
    protected void handlerMethodsInitialized(Map<RequestMappingInfo, HandlerMethod> all) {
        super.handlerMethodsInitialized(all);
        all.forEach(this::add);
    }

    private void add(RequestMappingInfo info, HandlerMethod handler) {
        PathPatternsRequestCondition paths = info.getPathPatternsCondition();
        if (paths == null || !info.getParamsCondition().isEmpty() || info.getCustomCondition() != null) {
            unclear = true;
            return;
        }
        for (PathPattern path : paths.getPatterns()) {
            List<String> parts = List.of(path.getPatternString().split("/", 3));
            if (parts.size() > 1) {
                unclear |= !LITERAL.matcher(parts.get(1)).matches();
                mapped.computeIfAbsent(parts.get(1), none -> new ArrayList<>())
                        .add(new Mapped(path, info, handler, isJson(info)));
            }
        }
    }

    @Override
    protected @Nullable HandlerMethod lookupHandlerMethod(String lookupPath, HttpServletRequest request)
            throws Exception {
        Mapped only = only(request);
        if (only == null || !only.json || !isPlain(only.info, request)) {
            return super.lookupHandlerMethod(lookupPath, request);
        }
        request.setAttribute(BEST_MATCHING_HANDLER_ATTRIBUTE, only.handler);
        handleMatch(only.info, lookupPath, request);
        return only.handler;
    }

    private @Nullable Mapped only(HttpServletRequest request) {
        PathContainer asked =
                ServletRequestPathUtils.getParsedRequestPath(request).pathWithinApplication();
        if (unclear || asked.elements().size() < 2) {
            return null;
        }
        Mapped found = null;
        for (Mapped candidate : mapped.getOrDefault(asked.elements().get(1).value(), List.of())) {
            if (candidate.takes(request, asked)) {
                if (found != null) {
                    return null;
                }
                found = candidate;
            }
        }
        return found;
    }

    private static boolean isPlain(RequestMappingInfo info, HttpServletRequest request) {
        String accept = request.getHeader(HttpHeaders.ACCEPT);
        boolean takesJson =
                accept == null || accept.equals(MediaType.ALL_VALUE) || accept.equals(MediaType.APPLICATION_JSON_VALUE);
        return takesJson
                && !CorsUtils.isPreFlightRequest(request)
                && (info.getConsumesCondition().isEmpty()
                        || MediaType.APPLICATION_JSON_VALUE.equals(request.getContentType()));
    }

    private static boolean isJson(RequestMappingInfo info) {
        return info.getProducesCondition().getProducibleMediaTypes().equals(JSON)
                && (info.getConsumesCondition().isEmpty()
                        || info.getConsumesCondition().getConsumableMediaTypes().equals(JSON));
    }
}
