package dev.batchgate.ingestion;

import java.net.URI;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.ErrorResponseException;

/** Problem details (RFC 9457) as every error answer of Batchgate carries them. */
public final class Problem {

    private static final URI PLAIN = URI.create("about:blank");

    private Problem() {}

    /**
     * A problem in words.
     *
     * @param detail one or more whole sentences; also sent as {@code error}, which clients of the original service read
     */
    public static ProblemDetail of(HttpStatusCode status, String detail) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, detail);
        problem.setType(PLAIN);
        problem.setProperty("error", detail);
        return problem;
    }

    /** A refusal of a request for what is not in its body. */
    static ErrorResponseException badRequest(String detail) {
        return new ErrorResponseException(HttpStatus.BAD_REQUEST, of(HttpStatus.BAD_REQUEST, detail), null);
    }

    public static ResponseEntity<ProblemDetail> answer(ProblemDetail problem) {
        return answer(problem, HttpHeaders.EMPTY);
    }

    static ResponseEntity<ProblemDetail> answer(ProblemDetail problem, HttpHeaders headers) {
        return new ResponseEntity<>(problem, typed(headers), problem.getStatus());
    }

    /** Headers with the content type set, so that no Accept field, however odd, gets an error without its body. */
    static HttpHeaders typed(HttpHeaders headers) {
        HttpHeaders typed = new HttpHeaders(headers);
        typed.setContentType(MediaType.APPLICATION_PROBLEM_JSON);
        return typed;
    }
}
