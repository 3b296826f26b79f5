package dev.batchgate.edge;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;

/**
 * Gives a method the part of a path that it asks for as a text. Spring converts it from one text to the same, for which it
 * looks up binders and converters, at a tenth of what a small status costs; see docs/performance.md. What is asked for
 * in another way is Spring's as ever.
 *
 * <p>Any thread may enter.
 */
final class PlainVariables extends RequestMappingHandlerAdapter {

    @Override
    public void afterPropertiesSet() {
        super.afterPropertiesSet();
        List<HandlerMethodArgumentResolver> resolvers = new ArrayList<>();
        resolvers.add(new Plain());
        resolvers.addAll(Objects.requireNonNull(getArgumentResolvers()));
        setArgumentResolvers(resolvers);
    }

    private static final class Plain implements HandlerMethodArgumentResolver {

        @Override
        public boolean supportsParameter(MethodParameter parameter) {
            PathVariable asked = parameter.getParameterAnnotation(PathVariable.class);
            return asked != null
                    && asked.name().isEmpty()
                    && asked.required()
                    && parameter.getParameterType() == String.class;
        }

        @Override
        public Object resolveArgument(
                MethodParameter parameter,
                @Nullable ModelAndViewContainer container,
                NativeWebRequest request,
                @Nullable WebDataBinderFactory binders) {
            Map<?, ?> variables = (Map<?, ?>) request.getAttribute(
                    HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE, RequestAttributes.SCOPE_REQUEST);
            Object value = variables == null ? null : variables.get(parameter.getParameterName());
            if (value == null) {
                throw new IllegalStateException(
                        "no path of this method has a variable that is named as its " + parameter);
            }
            return value;
        }
    }
}
