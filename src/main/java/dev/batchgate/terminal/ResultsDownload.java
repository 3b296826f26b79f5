package dev.batchgate.terminal;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Results on their way from the service to standard output, never held whole. Whatever does not end as it should is a
 * failure: half of them must not look whole.
 */
final class ResultsDownload implements AutoCloseable {

    private static final int BUFFER = 1 << 16;

    private final Service service;
    private final Output out;
    private final Duration longestSilence;
    private final ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "silence");
        thread.setDaemon(true);
        return thread;
    });

    ResultsDownload(Service service, Output out, Duration longestSilence) {
        this.service = service;
        this.out = out;
        this.longestSilence = longestSilence;
    }

    void bring(String id) {
        Answer answer = service.open(
                        service.target().get("/results/" + Target.segment(id)).header("Accept", "application/x-ndjson"))
                .orRefuse();
        boolean saysWhereItEnds = answer.headers().firstValue("Content-Length").isPresent()
                || answer.headers().firstValue("Transfer-Encoding").isPresent();
        try (InputStream body = answer.stream()) {
            copy(body);
        } catch (IOException broken) {
            throw Failure.gaveUp("The results of %s were broken off, what has been printed is not whole: %s"
                    .formatted(Plain.text(id), Plain.text(String.valueOf(broken.getMessage()))));
        }
        if (!saysWhereItEnds) {
            throw Failure.gaveUp(
                    "Nobody knows whether the results of %s are whole: the answer did not say where it ends."
                            .formatted(Plain.text(id)));
        }
    }

    private void copy(InputStream body) throws IOException {
        byte[] buffer = new byte[BUFFER];
        for (int read = read(body, buffer); read >= 0; read = read(body, buffer)) {
            out.write(buffer, read);
        }
    }

    /** Ends the wait for bytes that do not come, which the client itself would wait for for ever. */
    private int read(InputStream body, byte[] buffer) throws IOException {
        Silence silence = new Silence(body);
        var alarm = watch.schedule(silence, longestSilence.toMillis(), TimeUnit.MILLISECONDS);
        try {
            int read = body.read(buffer);
            if (!alarm.cancel(false) && read < 0) {
                throw new IOException("nothing came for " + Span.text(longestSilence));
            }
            return read;
        } finally {
            alarm.cancel(false);
        }
    }

    /** Closed in the middle of a read, a body seems to have ended. */
    private record Silence(InputStream body) implements Runnable {
        @Override
        public void run() {
            try {
                body.close();
            } catch (IOException isClosed) {
                // It is.
            }
        }
    }

    @Override
    public void close() {
        watch.shutdownNow();
    }
}
