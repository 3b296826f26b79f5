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
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads a submission from a body that is known to be JSON. Spring's {@code @RequestBody} does the same for any type and any
 * converter, and looks for both anew each time, which costs as much as reading it; see docs/performance.md. Any thread may enter.
 *
 * <p>A small body is read by a parser of bytes. That keeps the names of members that it has seen, of all bodies, which is why the
 * application's does not (docs/decisions/0006); here a body has few, a name is short, and Jackson starts anew after 6,000. Whatever that
 * parser refuses is read again by the application's, so that the answer is the same, whatever the size.
 */
final class SubmissionReader implements HandlerMethodArgumentResolver {

    /** Bytes, which is what comes with a head at once. */
    private static final int SMALL = 2 << 10;

    /** Of those names that are kept; all that mean something are shorter. */
    private static final int LONGEST_NAME = 32;

    private final ObjectReader json;
    private final JsonFactory small;

    SubmissionReader(JsonMapper json) {
        this.json = json.readerFor(IngestionController.Request.class);
        JsonFactory any = json.tokenStreamFactory();
        this.small = any.rebuild()
                .enable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
                .streamReadConstraints(any.streamReadConstraints()
                        .rebuild()
                        .maxNameLength(LONGEST_NAME)
                        .build())
                .build();
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
        if (charset != null && !StandardCharsets.UTF_8.name().equalsIgnoreCase(charset)) {
            return json.readValue(new InputStreamReader(body, charset));
        }
        int length = request.getContentLength();
        return length > 0 && length <= SMALL ? read(all(body, length)) : json.readValue(body);
    }

    /** Fails as Jackson's parsers do, so that whoever explains why finds the reason where theirs is. */
    private static byte[] all(InputStream body, int length) {
        try {
            return body.readNBytes(length);
        } catch (IOException broken) {
            throw JacksonIOException.construct(broken);
        }
    }

    private IngestionController.@Nullable Request read(byte[] body) {
        try (JsonParser parser = small.createParser(ObjectReadContext.empty(), body)) {
            return json.readValue(parser);
        } catch (JacksonException unreadable) {
            return json.readValue(body);
        }
    }
}
