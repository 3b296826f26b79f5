package dev.batchgate.edge;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.http.MediaType;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.accept.HeaderContentNegotiationStrategy;
import org.springframework.web.context.request.NativeWebRequest;

/**
 * What the Accept field asks for, whatever charset it names: JSON has none (RFC 8259), and to learn that only when the
 * answer is to be written would be too late for what has been accepted by then. Any thread may enter.
 */
final class PlainAccept extends HeaderContentNegotiationStrategy {

    private static final String CHARSET = "charset";

    @Override
    public List<MediaType> resolveMediaTypes(NativeWebRequest request) throws HttpMediaTypeNotAcceptableException {
        return super.resolveMediaTypes(request).stream().map(PlainAccept::plain).toList();
    }

    private static MediaType plain(MediaType type) {
        if (type.getCharset() == null) {
            return type;
        }
        Map<String, String> parameters = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        parameters.putAll(type.getParameters());
        parameters.remove(CHARSET);
        return new MediaType(type, parameters);
    }
}
