package dev.batchgate.terminal;

import java.net.http.HttpRequest;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One ingestion that is being followed, as it was when the service told of it last. For one thread. */
final class Followed {

    private static final Duration BETWEEN_POLLS = Duration.ofSeconds(5);
    private static final Duration BETWEEN_LONG_POLLS = Duration.ofSeconds(1);

    private final Service service;
    private final String path;
    private IngestionReport report;
    private @Nullable String tag;
    private boolean doesWait;

    Followed(Service service, String id) {
        this.service = service;
        this.path = "/status/" + Target.segment(id);
        this.report = take(service.call(service.target().get(path)).orRefuse());
    }

    IngestionReport report() {
        return report;
    }

    /** Asks once more. */
    void look() {
        look(Duration.ZERO);
    }

    /** Asks once more; the service may take that long to answer, if nothing changes. */
    void look(Duration wait) {
        HttpRequest.Builder request = service.target().get(path);
        if (tag != null) {
            request.header("If-None-Match", tag);
        }
        if (!wait.isZero()) {
            request.header("Prefer", "wait=" + wait.toSeconds());
        }
        Answer answer = service.call(request, wait).orRefuse();
        doesWait = answer.headers().firstValue("Preference-Applied").isPresent();
        report = answer.status() == Answer.NOT_MODIFIED ? report : take(answer);
    }

    /** How long to leave it alone before the next look: a change each millisecond is not worth a look each. */
    Duration pause() {
        return doesWait ? BETWEEN_LONG_POLLS : BETWEEN_POLLS;
    }

    private IngestionReport take(Answer answer) {
        tag = answer.headers().firstValue("ETag").orElse(null);
        return IngestionReport.of(answer);
    }
}
