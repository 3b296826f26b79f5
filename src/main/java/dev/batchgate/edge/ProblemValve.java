package dev.batchgate.edge;

import dev.batchgate.ingestion.Problem;
import dev.batchgate.ingestion.ProblemWriter;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;

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
        SafeHeaders.set(request, response);
        try {
            problems.write(problem(status), response);
        } catch (IOException gone) {
            // Nobody is left to tell.
            response.setError();
        }
    }

    /** Tomcat calls a request that it does not implement an error of the server; here it is the client's. */
    private static ProblemDetail problem(HttpStatus status) {
        return switch (status) {
            case NOT_IMPLEMENTED, HTTP_VERSION_NOT_SUPPORTED ->
                Problem.of(
                        HttpStatus.BAD_REQUEST,
                        "The request uses an HTTP version, method or transfer encoding that is not supported.");
            case BAD_REQUEST ->
                Problem.of(status, "The request line or a header field is not valid HTTP, or is too long.");
            case INTERNAL_SERVER_ERROR ->
                Problem.of(status, "Something went wrong inside Batchgate; its log says what.");
            default -> Problem.of(status, "The request cannot be answered: %s.".formatted(status.getReasonPhrase()));
        };
    }
}
