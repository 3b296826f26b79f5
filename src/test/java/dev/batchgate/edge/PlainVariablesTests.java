package dev.batchgate.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.convert.support.DefaultConversionService;
import org.springframework.http.HttpMethod;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.support.ConfigurableWebBindingInitializer;
import org.springframework.web.context.support.StaticWebApplicationContext;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;

/** What {@link PlainVariables} gives is what Spring would have given. */
class PlainVariablesTests {

    private static final UUID OTHER = UUID.randomUUID();

    private final Asked asked = new Asked();
    private final PlainVariables plain = new PlainVariables();
    private final RequestMappingHandlerAdapter springs = new RequestMappingHandlerAdapter();

    static final class Asked {

        private final List<Object> given = new ArrayList<>();

        void text(@PathVariable String id) {
            given.add(id);
        }

        void both(@PathVariable String id, HttpMethod method, @PathVariable String other) {
            given.addAll(List.of(id, method, other));
        }

        void named(@PathVariable("id") String one, @PathVariable(name = "other") UUID two) {
            given.addAll(List.of(one, two));
        }

        void perhaps(@PathVariable(required = false) @Nullable String nothing) {
            given.add(String.valueOf(nothing));
        }

        void nothing(@PathVariable String nothing) {
            given.add(nothing);
        }
    }

    @BeforeEach
    void start() {
        start(plain);
        start(springs);
    }

    private static void start(RequestMappingHandlerAdapter adapter) {
        StaticWebApplicationContext context = new StaticWebApplicationContext();
        context.refresh();
        adapter.setApplicationContext(context);
        ConfigurableWebBindingInitializer binding = new ConfigurableWebBindingInitializer();
        binding.setConversionService(new DefaultConversionService());
        adapter.setWebBindingInitializer(binding);
        adapter.afterPropertiesSet();
    }

    @ParameterizedTest
    @ValueSource(strings = {"text", "both", "named", "perhaps"})
    void asSpring(String method) throws Exception {
        for (String id : new String[] {"x", "", " x ", "a/b", "ä;b=c", "%2F", "\0"}) {
            Object springs = given(this.springs, method, id);
            assertThat(given(plain, method, id)).isEqualTo(springs);
        }
    }

    @Test
    void whatIsThereIsWhatIsGiven() throws Exception {
        assertThat(given(plain, "text", " x ")).isEqualTo(List.of(" x "));
        assertThat(given(plain, "both", "x")).isEqualTo(List.of("x", HttpMethod.PATCH, OTHER.toString()));
    }

    @Test
    void whatThePathDoesNotHaveIsNotGiven() {
        assertThatThrownBy(() -> given(springs, "nothing", "x")).isInstanceOf(Exception.class);
        assertThatThrownBy(() -> given(plain, "nothing", "x"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("nothing");
        assertThat(asked.given).isEmpty();
    }

    private List<Object> given(RequestMappingHandlerAdapter adapter, String name, String id) throws Exception {
        HandlerMethod method = new HandlerMethod(
                asked,
                List.of(Asked.class.getDeclaredMethods()).stream()
                        .filter(one -> one.getName().equals(name))
                        .findAny()
                        .orElseThrow());
        MockHttpServletRequest request = new MockHttpServletRequest("PATCH", "/");
        request.setAttribute(
                HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE, Map.of("id", id, "other", OTHER.toString()));
        asked.given.clear();
        adapter.handle(request, new MockHttpServletResponse(), method);
        return List.copyOf(asked.given);
    }
}
