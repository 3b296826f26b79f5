package dev.batchgate.edge;

import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;

/**
 * Notes of a request how much of its body came with its head, where the servlet's stream tells no more than whether there is any
 * of it; and whether there is room for its answer on the way to its client. Entered by every request's thread; keeps no state.
 */
final class Arrival extends ValveBase {

    private static final String BYTES = Arrival.class.getName();
    private static final String ROOM = BYTES + ".room";

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
        if (CrowdProcessor.hasRoom(request.getCoyoteRequest())) {
            request.setAttribute(ROOM, true);
        }
        getNext().invoke(request, response);
    }

    /** Whether all of its body is there, so that nobody need be waited for. */
    static boolean isWhole(HttpServletRequest request) {
        long length = request.getContentLengthLong();
        return length > 0 && request.getAttribute(BYTES) instanceof Integer bytes && bytes >= length;
    }

    /** Whether a small answer to it can be sent without waiting for its client to read. */
    static boolean canBeAnsweredAtOnce(ServletRequest request) {
        return request.getAttribute(ROOM) != null;
    }
}
