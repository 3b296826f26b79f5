package dev.batchgate.ingestion;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads a submission from a body that is known to be JSON. Spring's {@code @RequestBody} does the same for any type and any
 * converter, and looks for both anew each time, which costs as much as reading it; see docs/performance.md. Any thread may enter.
 */
final class SubmissionReader implements HandlerMethodArgumentResolver {

    private final ObjectReader json;

    SubmissionReader(JsonMapper json) {
        this.json = json.readerFor(IngestionController.Request.class);
    }

    @Override
    public boolean supportsParameter(MethodParameter parameter) {
        return parameter.getParameterType() == IngestionController.Request.class;
    }

    /** Throws what {@code @RequestBody} would throw, which {@link Problems} explains to the client. */
    @Override
    public Object resolveArgument(
            MethodParameter parameter,
            @Nullable ModelAndViewContainer mav,
            NativeWebRequest request,
            @Nullable WebDataBinderFactory binders)
            throws IOException {
        HttpServletRequest asked = Objects.requireNonNull(request.getNativeRequest(HttpServletRequest.class));
        try {
            IngestionController.Request body = read(asked);
            if (body != null) {
                return body;
            }
        } catch (JacksonException unreadable) {
            throw new HttpMessageNotReadableException(
                    unreadable.getOriginalMessage(), unreadable, new ServletServerHttpRequest(asked));
        }
        throw new HttpMessageNotReadableException("null", new ServletServerHttpRequest(asked));
    }

    private IngestionController.@Nullable Request read(HttpServletRequest request) throws IOException {
        InputStream body = request.getInputStream();
        String charset = request.getCharacterEncoding();
        return charset == null || StandardCharsets.UTF_8.name().equalsIgnoreCase(charset)
                ? json.readValue(body)
                : json.readValue(new InputStreamReader(body, charset));
    }
}
