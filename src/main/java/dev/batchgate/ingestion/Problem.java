package dev.batchgate.ingestion;

import java.net.URI;
import java.util.List;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;

/** Problem details (RFC 9457) as every error answer of Batchgate carries them. */
public final class Problem {

    private static final URI PLAIN = URI.create("about:blank");

    private Problem() {}

    public static ProblemDetail of(HttpStatusCode status, String detail) {
        return complete(ProblemDetail.forStatusAndDetail(status, detail));
    }

    static ProblemDetail of(HttpStatusCode status, String detail, List<InvalidField> fields) {
        ProblemDetail problem = of(status, detail);
        problem.setProperty("errors", fields);
        return problem;
    }

    /** Adds the members that Batchgate promises to a problem made elsewhere: {@code type} and {@code error}. */
    static ProblemDetail complete(ProblemDetail problem) {
        if (problem.getType() == null) {
            problem.setType(PLAIN);
        }
        String detail = problem.getDetail();
        problem.setProperty("error", detail != null ? detail : String.valueOf(problem.getTitle()));
        return problem;
    }
}
