package dev.batchgate.edge;

import jakarta.servlet.ServletException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Semaphore;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;
import org.apache.tomcat.util.net.ApplicationBufferHandler;
import org.springframework.http.HttpStatus;

/**
 * Takes what nobody wanted of a body off the connection, after the answer, as far as the allowance goes: a client that
 * is refused while it still sends gets to read why. Closes the connection where there is still more, and where so many are
 * taken care of already that they would keep others waiting. Entered by every request's thread.
 */
final class Leftovers extends ValveBase {

    private final Allowance allowance;
    private final Semaphore turns;

    /** @param atOnce connections that something is taken off at the same time */
    Leftovers(Allowance allowance, int atOnce) {
        super(true);
        this.allowance = allowance;
        this.turns = new Semaphore(atOnce);
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        getNext().invoke(request, response);
        if (request.isAsync() || request.getCoyoteRequest().isFinished()) {
            return;
        }
        // Closes the body for whoever reads it as a stream, but not what is below.
        response.finishResponse();
        if (isComing(request, response) && turns.tryAcquire()) {
            try {
                takeOff(request);
            } finally {
                turns.release();
            }
        }
        if (!request.getCoyoteRequest().isFinished()) {
            request.getCoyoteRequest().action(ActionCode.CLOSE_NOW, null);
        }
    }

    /** Not from a client that was just given up on, nor from one that asked first and was not told to go on. */
    private static boolean isComing(Request request, Response response) {
        return response.getStatus() != HttpStatus.REQUEST_TIMEOUT.value()
                && !request.getCoyoteRequest().hasExpectation();
    }

    private void takeOff(Request request) {
        Unread unread = new Unread();
        long startedAt = allowance.now();
        try {
            long bytes = 0;
            for (int read = 0; read >= 0; read = request.getCoyoteRequest().doRead(unread)) {
                bytes += read;
                allowance.check(bytes, startedAt);
            }
        } catch (IOException tooMuch) {
            // The answer has been sent; there is nothing to add.
        }
    }

    /** Where Tomcat puts what it reads, for nobody to look at. */
    private static final class Unread implements ApplicationBufferHandler {

        private ByteBuffer buffer = ByteBuffer.allocate(0);

        @Override
        public void setByteBuffer(ByteBuffer buffer) {
            this.buffer = buffer;
        }

        @Override
        public ByteBuffer getByteBuffer() {
            return buffer;
        }

        @Override
        public void expand(int size) {
            // It is Tomcat's own buffer, of Tomcat's own size.
        }
    }
}
