package dev.batchgate.edge;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;

/**
 * Notes of a request how much of its body came with its head. The servlet's stream tells no more than whether there is any
 * of it. Entered by every request's thread; keeps no state.
 */
final class Arrival extends ValveBase {

    private static final String BYTES = Arrival.class.getName();

    Arrival() {
        super(true);
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        request.getCoyoteRequest().action(ActionCode.AVAILABLE, false);
        int bytes = request.getCoyoteRequest().getAvailable();
        if (bytes > 0) {
            request.setAttribute(BYTES, bytes);
        }
        getNext().invoke(request, response);
    }

    /** Whether all of its body is there, so that nobody need be waited for. */
    static boolean isWhole(HttpServletRequest request) {
        long length = request.getContentLengthLong();
        return length > 0 && request.getAttribute(BYTES) instanceof Integer bytes && bytes >= length;
    }
}
