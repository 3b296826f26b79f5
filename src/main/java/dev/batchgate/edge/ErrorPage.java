package dev.batchgate.edge;

import dev.batchgate.ingestion.Problem;
import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The answer to requests that failed outside of a controller, to which the container forwards them. */
@Hidden
@RestController
class ErrorPage implements ErrorController {

    /** Nothing is added to an answer that has begun; the container breaks it off. */
    @RequestMapping("/error")
    @Nullable
    ResponseEntity<ProblemDetail> problem(HttpServletRequest request, HttpServletResponse response) {
        if (response.isCommitted()) {
            return null;
        }
        HttpStatus status = Optional.ofNullable(request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE))
                .map(Integer.class::cast)
                .map(HttpStatus::resolve)
                .orElse(HttpStatus.NOT_FOUND);
        ProblemDetail problem = Problem.of(status, status.getReasonPhrase() + ".");
        problem.setInstance(instance(request));
        return Problem.answer(problem);
    }

    private static @Nullable URI instance(HttpServletRequest request) {
        try {
            return request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI) instanceof String uri
                    ? new URI(uri)
                    : null;
        } catch (URISyntaxException malformed) {
            return null;
        }
    }
}
