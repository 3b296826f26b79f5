package dev.batchgate.edge;

import dev.batchgate.ingestion.Problem;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/** The body of errors that Tomcat answers by itself, such as a request line it cannot parse. Any thread may enter. */
final class ProblemValve extends ErrorReportValve {

    private final ProblemWriter problems;

    ProblemValve(ProblemWriter problems) {
        this.problems = problems;
    }

    /** Has the signature and the conditions of the method it replaces: only an unanswered error gets a body, once. */
    @Override
    protected void report(Request request, Response response, @Nullable Throwable thrown) {
        HttpStatus status = HttpStatus.resolve(response.getStatus());
        if (status == null || !status.isError() || response.getContentWritten() > 0 || !response.setErrorReported()) {
            return;
        }
        try {
            problems.write(Problem.of(status, sentence(status)), response);
        } catch (IOException gone) {
            // Nobody is left to tell.
            response.setError();
        }
    }

    private static String sentence(HttpStatus status) {
        return status.is5xxServerError()
                ? "Something went wrong inside Batchgate; its log says what."
                : "The request is not valid HTTP, or not one that is answered here: %s."
                        .formatted(status.getReasonPhrase());
    }
}
