package dev.batchgate.edge;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;

/**
 * Notes of a request whether all of its body came with its head, so that nobody need be waited for. The servlet's stream
 * tells no more than whether there is any of it. Entered by every request's thread; keeps no state.
 */
final class Arrival extends ValveBase {

    private static final String IS_WHOLE = Arrival.class.getName();

    Arrival() {
        super(true);
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        long length = request.getContentLengthLong();
        if (length > 0) {
            request.getCoyoteRequest().action(ActionCode.AVAILABLE, false);
            if (request.getCoyoteRequest().getAvailable() >= length) {
                request.setAttribute(IS_WHOLE, true);
            }
        }
        getNext().invoke(request, response);
    }

    static boolean isWhole(HttpServletRequest request) {
        return request.getAttribute(IS_WHOLE) != null;
    }
}
