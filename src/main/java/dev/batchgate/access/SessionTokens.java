package dev.batchgate.access;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.security.web.csrf.CsrfTokenRepository;
import org.springframework.security.web.csrf.DefaultCsrfToken;

/**
 * What a page has to send along in a session. It follows from the session, so that no other site can plant one; our page
 * reads it off a cookie. Any thread may enter.
 */
final class SessionTokens implements CsrfTokenRepository {

    static final String COOKIE = "csrf";
    static final String FIELD = "X-CSRF-Token";
    private static final String PARAMETER = "_csrf";

    /**
     * Orders that come in a session need it; whoever sends a key itself could not be made to by another site. A log-in brings
     * its key along.
     */
    static boolean isNeeded(HttpServletRequest request) {
        return KeyFilter.session(request) != null
                && !CrossSite.isSafe(request)
                && !request.getRequestURI().equals(request.getContextPath() + LoginPage.PATH);
    }

    @Override
    public CsrfToken generateToken(HttpServletRequest request) {
        return new DefaultCsrfToken(FIELD, PARAMETER, NewKey.random());
    }

    @Override
    public void saveToken(@Nullable CsrfToken token, HttpServletRequest request, HttpServletResponse response) {
        // It follows from the session.
    }

    @Override
    public @Nullable CsrfToken loadToken(HttpServletRequest request) {
        Session session = KeyFilter.session(request);
        return session == null ? null : new DefaultCsrfToken(FIELD, PARAMETER, session.token());
    }
}
