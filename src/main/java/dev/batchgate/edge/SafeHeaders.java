package dev.batchgate.edge;

import jakarta.servlet.ServletException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.tomcat.util.http.MimeHeaders;
import org.springframework.http.HttpHeaders;

/**
 * What every answer tells a browser, so that it makes nothing of it that it is not; whoever answers may say otherwise.
 * Entered by every request's thread; keeps no state.
 */
final class SafeHeaders extends ValveBase {

    private static final List<Field> ALWAYS = List.of(
            new Field("X-Content-Type-Options", "nosniff"),
            new Field("X-Frame-Options", "DENY"),
            // Not "no-referrer": browsers then send a form without saying where it comes from.
            new Field("Referrer-Policy", "same-origin"),
            new Field("Cross-Origin-Resource-Policy", "same-origin"),
            new Field(HttpHeaders.CACHE_CONTROL, "no-store"));

    /** For a year, which is what it takes to be believed for good. */
    private static final Field ALWAYS_ENCRYPTED = new Field("Strict-Transport-Security", "max-age=31536000");

    /** As it is sent: from a text, Tomcat would make it by an encoder of its own, each time anew. */
    private static final class Field {

        private final String text;
        private final byte[] name;
        private final byte[] value;

        Field(String name, String value) {
            this.text = name;
            this.name = name.getBytes(StandardCharsets.US_ASCII);
            this.value = value.getBytes(StandardCharsets.US_ASCII);
        }

        void set(MimeHeaders fields) {
            fields.removeHeader(text);
            // A copy: Tomcat keeps it for the next answer on this connection, and may write a number into it then.
            fields.addValue(name, 0, name.length).setBytes(value.clone(), 0, value.length);
        }
    }

    SafeHeaders() {
        super(true);
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        set(request, response);
        getNext().invoke(request, response);
    }

    static void set(Request request, Response response) {
        MimeHeaders fields = response.getCoyoteResponse().getMimeHeaders();
        for (Field field : ALWAYS) {
            field.set(fields);
        }
        // Browsers believe it of a connection that is encrypted, whoever encrypts it, and of no other.
        if (request.isSecure() || "https".equalsIgnoreCase(request.getHeader("X-Forwarded-Proto"))) {
            ALWAYS_ENCRYPTED.set(fields);
        }
    }
}
