package dev.batchgate.access;

import dev.batchgate.ingestion.Problem;
import dev.batchgate.ingestion.ProblemWriter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.security.web.csrf.CsrfException;
import org.springframework.security.web.firewall.RequestRejectedException;
import org.springframework.security.web.firewall.RequestRejectedHandler;

/** What those read who are not let in. Any thread may enter. */
final class Refusals implements AuthenticationEntryPoint, AccessDeniedHandler, RequestRejectedHandler {

    private final ProblemWriter problems;

    Refusals(ProblemWriter problems) {
        this.problems = problems;
    }

    /** Without a key. */
    @Override
    public void commence(HttpServletRequest request, HttpServletResponse response, AuthenticationException without)
            throws IOException {
        if (LoginPage.isForPeople(request)) {
            response.setStatus(HttpServletResponse.SC_SEE_OTHER);
            response.setHeader(HttpHeaders.LOCATION, request.getContextPath() + LoginPage.PATH);
            return;
        }
        unauthorized(response, "Bearer", "This service needs a key: Authorization: Bearer KEY.");
    }

    /** With a key that there is not. */
    void unknownKey(HttpServletResponse response) throws IOException {
        unauthorized(response, "Bearer error=\"invalid_token\"", "The key that came along is not known here.");
    }

    private void unauthorized(HttpServletResponse response, String challenge, String detail) throws IOException {
        response.setHeader(HttpHeaders.WWW_AUTHENTICATE, challenge);
        problems.write(Problem.of(HttpStatus.UNAUTHORIZED, detail), response);
    }

    /** With a key that is not good for that, or from a page that does not know the session. */
    @Override
    public void handle(HttpServletRequest request, HttpServletResponse response, AccessDeniedException denied)
            throws IOException {
        if (denied instanceof CsrfException) {
            problems.write(
                    Problem.of(
                            HttpStatus.FORBIDDEN,
                            "In a session, orders need the field %s with the value of the cookie %s; load the page again."
                                    .formatted(SessionTokens.FIELD, SessionTokens.COOKIE)),
                    response);
            return;
        }
        response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer error=\"insufficient_scope\"");
        problems.write(
                Problem.of(
                        HttpStatus.FORBIDDEN,
                        "The key %s has the role submit; this is for the role admin.".formatted(name())),
                response);
    }

    private static String name() {
        return SecurityContextHolder.getContext().getAuthentication() instanceof KeyAuthentication authentication
                ? authentication.key().name()
                : "that came along";
    }

    /** With a path that could be read in more than one way. */
    @Override
    public void handle(HttpServletRequest request, HttpServletResponse response, RequestRejectedException ambiguous)
            throws IOException {
        problems.write(
                Problem.of(
                        HttpStatus.BAD_REQUEST,
                        "The path could be read in more than one way: write it without //, ;, %2F and the like."),
                response);
    }
}
