package dev.batchgate.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.web.accept.ContentNegotiationManager;
import org.springframework.web.context.WebApplicationContext;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerExecutionChain;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.util.ServletRequestPathUtils;

/** What {@link PlainRequests} finds is what Spring would have found, for every request there is a case of. */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
class PlainRequestsTests {

    static final List<String> PATHS = List.of(
            "/",
            "",
            "/ingest",
            "/ingest/",
            "//ingest",
            "/%69ngest",
            "/ingest;a=b",
            "/Ingest",
            "/ingest/x",
            "/ingest/x/retry",
            "/ingest/x/deliveries",
            "/ingest/x/deliveries/y/redeliver",
            "/ingest/x/y/z",
            "/status",
            "/status/",
            "/status/x",
            "/status/x;a=b",
            "/status/%2F",
            "/status/ä ö",
            "/status/x/",
            "/status/x/events",
            "/status/x/events/y",
            "/queue",
            "/queue/events",
            "/queue/pause",
            "/queue/resume",
            "/queue/x",
            "/forecast",
            "/results/x",
            "/ingest/x/results",
            "/ingestions",
            "/login",
            "/logout",
            "/error",
            "/dashboard/app.js",
            "/dashboard/uplot/x",
            "/actuator/health",
            "/openapi.json",
            "/nothing");

    private static final List<String> METHODS =
            List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW");
    private static final List<String> ACCEPTED = List.of(
            "",
            "*/*",
            "application/json",
            "application/*",
            "application/json;q=0",
            "application/json;charset=utf-8",
            "text/html",
            "text/event-stream",
            "application/problem+json",
            "text/html,*/*;q=0.1",
            "rubbish");
    private static final List<String> SENT = List.of(
            "", "application/json", "application/json;charset=utf-8", "Application/JSON", "text/plain", "rubbish");
    private static final List<String> PREFERRED = List.of("", "wait=1", "respond-async");

    @Autowired
    private WebApplicationContext context;

    @Autowired
    private ContentNegotiationManager negotiation;

    @Autowired
    private PlainRequests plain;

    @Autowired
    private List<HandlerMapping> all;

    private final RequestMappingHandlerMapping springs = new RequestMappingHandlerMapping();

    @BeforeEach
    void asSpringHasIt() {
        springs.setContentNegotiationManager(negotiation);
        context.getAutowireCapableBeanFactory().initializeBean(springs, "springs");
    }

    @ParameterizedTest
    @FieldSource("PATHS")
    void asSpring(String path) {
        for (String method : METHODS) {
            for (String accept : ACCEPTED) {
                for (String type : SENT) {
                    for (String prefer : PREFERRED) {
                        assertThat(found(plain, request(method, path, accept, type, prefer)))
                                .as(
                                        "%s %s, Accept: %s, Content-Type: %s, Prefer: %s",
                                        method, path, accept, type, prefer)
                                .isEqualTo(found(springs, request(method, path, accept, type, prefer)));
                    }
                }
            }
        }
    }

    @Test
    void asSpringWithTwoOfAFieldOrAPreflight() {
        for (String path : PATHS) {
            for (String method : METHODS) {
                assertThat(found(plain, odd(method, path))).isEqualTo(found(springs, odd(method, path)));
            }
        }
    }

    @Test
    void forThosePlainSpringDoesNotSearch() throws Exception {
        assertThat(searches("GET", "/status/x", "", "")).isFalse();
        assertThat(searches("POST", "/ingest", "*/*", "application/json")).isFalse();
        assertThat(searches("GET", "/status/x", "application/*", "")).isTrue();
        assertThat(all.get(0)).as("before the actuator's").isSameAs(plain);
    }

    /** Whether all that is accepted is looked at, which Spring does, and what is tested here does not. */
    private boolean searches(String method, String path, String accept, String type) throws Exception {
        AtomicBoolean searches = new AtomicBoolean();
        MockHttpServletRequest request = new MockHttpServletRequest(method, path) {
            @Override
            public Enumeration<String> getHeaders(String name) {
                searches.compareAndSet(false, name.equals("Accept"));
                return super.getHeaders(name);
            }
        };
        plain.getHandler(completed(request, accept, type, ""));
        return searches.get();
    }

    private static MockHttpServletRequest odd(String method, String path) {
        MockHttpServletRequest request = request(method, path, "application/json", "application/json", "");
        request.addHeader("Accept", "text/event-stream");
        request.addHeader("Origin", "https://example.com");
        request.addHeader("Access-Control-Request-Method", "POST");
        return request;
    }

    private static MockHttpServletRequest request(
            String method, String path, String accept, String type, String prefer) {
        return completed(new MockHttpServletRequest(method, path), accept, type, prefer);
    }

    private static MockHttpServletRequest completed(
            MockHttpServletRequest request, String accept, String type, String prefer) {
        add(request, "Accept", accept);
        add(request, "Content-Type", type);
        add(request, "Prefer", prefer);
        ServletRequestPathUtils.parseAndCache(request);
        return request;
    }

    private static void add(MockHttpServletRequest request, String name, String value) {
        if (!value.isEmpty()) {
            request.addHeader(name, value);
        }
    }

    /** The method, and what the request then says of it; or why there is none. */
    private static Map<String, String> found(HandlerMapping mapping, MockHttpServletRequest request) {
        Map<String, String> found = new TreeMap<>();
        try {
            HandlerExecutionChain chain = mapping.getHandler(request);
            found.put("handler", handler(chain == null ? null : chain.getHandler()));
        } catch (Exception none) {
            found.put("none", none.toString());
        }
        for (String name : List.of(
                HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE,
                HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE,
                HandlerMapping.MATRIX_VARIABLES_ATTRIBUTE,
                HandlerMapping.PRODUCIBLE_MEDIA_TYPES_ATTRIBUTE)) {
            found.put(name, String.valueOf(request.getAttribute(name)));
        }
        found.put("best", handler(request.getAttribute(HandlerMapping.BEST_MATCHING_HANDLER_ATTRIBUTE)));
        return found;
    }

    private static String handler(Object handler) {
        return handler instanceof HandlerMethod method
                ? method.getMethod().toString()
                : String.valueOf(handler == null ? null : handler.getClass());
    }
}
