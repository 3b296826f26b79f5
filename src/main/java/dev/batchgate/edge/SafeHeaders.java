package dev.batchgate.edge;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.springframework.http.HttpHeaders;

/**
 * What every answer tells a browser, so that it makes nothing of it that it is not; whoever answers may say otherwise.
 * Entered by every request's thread; keeps no state.
 */
final class SafeHeaders extends ValveBase {

    /** A year, which is what it takes to be believed for good. */
    private static final String ALWAYS_ENCRYPTED = "max-age=31536000";

    SafeHeaders() {
        super(true);
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        set(request, response);
        getNext().invoke(request, response);
    }

    static void set(HttpServletRequest request, HttpServletResponse response) {
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("X-Frame-Options", "DENY");
        // Not "no-referrer": browsers then send a form without saying where it comes from.
        response.setHeader("Referrer-Policy", "same-origin");
        response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        // Browsers believe it of a connection that is encrypted, whoever encrypts it, and of no other.
        if (request.isSecure() || "https".equalsIgnoreCase(request.getHeader("X-Forwarded-Proto"))) {
            response.setHeader("Strict-Transport-Security", ALWAYS_ENCRYPTED);
        }
    }
}
