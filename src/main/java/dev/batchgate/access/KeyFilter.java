package dev.batchgate.access;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Says whose key a request came with: the one in its head or, if there is none, the one of its session. What whoever it
 * is may do is decided behind it. Entered by every request's thread; keeps no state.
 */
final class KeyFilter extends OncePerRequestFilter {

    static final String SCHEME = "Bearer";

    private static final String SESSION = Session.class.getName();

    private final Keyring keyring;
    private final Sessions sessions;
    private final OwnKey own;
    private final Refusals refusals;

    KeyFilter(Keyring keyring, Sessions sessions, OwnKey own, Refusals refusals) {
        this.keyring = keyring;
        this.sessions = sessions;
        this.own = own;
        this.refusals = refusals;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        List<String> given = Collections.list(request.getHeaders(HttpHeaders.AUTHORIZATION));
        if (given.isEmpty()) {
            Optional<Session> session = cookie(request).flatMap(sessions::find);
            session.ifPresent(found -> request.setAttribute(SESSION, found));
            session.map(Session::key).ifPresent(KeyFilter::letIn);
        } else {
            Optional<ApiKey> key = given.size() == 1 ? find(given.get(0)) : Optional.empty();
            if (key.isEmpty()) {
                refusals.unknownKey(response);
                return;
            }
            letIn(key.get());
        }
        chain.doFilter(request, response);
    }

    private Optional<ApiKey> find(String authorization) {
        String[] parts = authorization.trim().split(" +", 2);
        return parts.length == 2 && parts[0].equalsIgnoreCase(SCHEME)
                ? keyring.find(parts[1]).or(() -> own.use(parts[1]))
                : Optional.empty();
    }

    private static void letIn(ApiKey key) {
        SecurityContextHolder.setContext(new SecurityContextImpl(new KeyAuthentication(key)));
    }

    private static Optional<String> cookie(HttpServletRequest request) {
        Cookie[] cookies = request.getCookies();
        return cookies == null
                ? Optional.empty()
                : List.of(cookies).stream()
                        .filter(cookie -> cookie.getName().equals(Sessions.COOKIE))
                        .map(Cookie::getValue)
                        .findFirst();
    }

    /** The session that let a request in; null if there was none, or something else did. */
    static @Nullable Session session(HttpServletRequest request) {
        return (Session) request.getAttribute(SESSION);
    }
}
