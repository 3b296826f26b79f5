package dev.batchgate.terminal;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Standard output: what the next program in a pipe reads. That it cannot be written ends a command; nobody would know. */
final class Output {

    private final OutputStream out;

    Output(OutputStream out) {
        this.out = out;
    }

    void line(String line) {
        write((line + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** An answer as it came, on lines of its own. */
    void body(byte[] body) {
        write(body);
        if (body.length > 0 && body[body.length - 1] != '\n') {
            write(new byte[] {'\n'});
        }
    }

    void write(byte[] bytes) {
        write(bytes, bytes.length);
    }

    void write(byte[] bytes, int length) {
        try {
            out.write(bytes, 0, length);
            out.flush();
        } catch (IOException closed) {
            throw unwritable(closed);
        }
    }

    private static Failure unwritable(IOException closed) {
        String reason = String.valueOf(closed.getMessage());
        // As with head and less: who closed it has read enough.
        return Failure.gaveUp(
                reason.contains("Broken pipe") ? "" : "Standard output cannot be written: " + Plain.text(reason));
    }
}
