package dev.batchgate.access;

import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.springframework.context.annotation.Conditional;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseCookie;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Log-in and log-out, for browsers. */
@Hidden // They are for people; the description is for programs.
@RestController
@Conditional(KeysConfigured.class)
class LoginController {

    private static final MediaType HTML = new MediaType("text", "html", StandardCharsets.UTF_8);
    private static final String POLICY = String.join(
            "; ",
            "default-src 'none'",
            "style-src 'self'",
            "img-src 'self'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'");
    private static final String FIELD = "key=";

    /** Of a form, more than which is not even looked at. */
    private static final int LONGEST_FORM = 1_000;

    private final LoginPage page;
    private final Keyring keyring;
    private final Sessions sessions;

    LoginController(LoginPage page, Keyring keyring, Sessions sessions) {
        this.page = page;
        this.keyring = keyring;
        this.sessions = sessions;
    }

    @GetMapping(LoginPage.PATH)
    ResponseEntity<String> form() {
        return answer(HttpStatus.OK).body(page.html());
    }

    /** A session that there may be already counts for nothing: what begins is always a new one. */
    @PostMapping(LoginPage.PATH)
    ResponseEntity<String> logIn(HttpServletRequest request) throws IOException {
        String presented = key(request);
        Optional<ApiKey> key = keyring.find(presented);
        if (key.isEmpty()) {
            return answer(HttpStatus.UNAUTHORIZED)
                    .header(HttpHeaders.WWW_AUTHENTICATE, KeyFilter.SCHEME)
                    .body(page.html("That key is not known here."));
        }
        Optional<String> cookie = sessions.open(presented);
        if (cookie.isEmpty()) {
            return answer(HttpStatus.FORBIDDEN)
                    .body(page.html(
                            "That key is for submissions; this page shows what everybody does, and needs an admin's."));
        }
        String token = cookie.flatMap(sessions::find).map(Session::token).orElse("");
        return ResponseEntity.status(HttpStatus.SEE_OTHER)
                .location(URI.create(request.getContextPath() + "/"))
                .header(HttpHeaders.SET_COOKIE, cookie(request, Sessions.COOKIE, cookie.get(), true))
                .header(HttpHeaders.SET_COOKIE, cookie(request, SessionTokens.COOKIE, token, false))
                .build();
    }

    @PostMapping("/logout")
    ResponseEntity<Void> logOut(HttpServletRequest request) {
        return ResponseEntity.noContent()
                .header(HttpHeaders.SET_COOKIE, cookie(request, Sessions.COOKIE, "", true))
                .header(HttpHeaders.SET_COOKIE, cookie(request, SessionTokens.COOKIE, "", false))
                .build();
    }

    private static ResponseEntity.BodyBuilder answer(HttpStatus status) {
        return ResponseEntity.status(status).contentType(HTML).header("Content-Security-Policy", POLICY);
    }

    /** Out of a form, of which nobody but this page is expected to send one. */
    private static String key(HttpServletRequest request) throws IOException {
        byte[] form = request.getInputStream().readNBytes(LONGEST_FORM + 1);
        if (form.length > LONGEST_FORM) {
            return "";
        }
        try {
            return Arrays.stream(new String(form, StandardCharsets.UTF_8).split("&"))
                    .filter(field -> field.startsWith(FIELD))
                    .map(field -> URLDecoder.decode(field.substring(FIELD.length()), StandardCharsets.UTF_8))
                    .findFirst()
                    .orElse("")
                    .strip();
        } catch (IllegalArgumentException malformed) {
            return "";
        }
    }

    private static String cookie(HttpServletRequest request, String name, String value, boolean isSecret) {
        ResponseCookie.ResponseCookieBuilder cookie = ResponseCookie.from(name, value)
                .path(request.getContextPath() + "/")
                .httpOnly(isSecret)
                .secure(isEncrypted(request))
                .sameSite("Strict");
        return (value.isEmpty() ? cookie.maxAge(0) : cookie).build().toString();
    }

    /** On the way to the browser, whoever ends the encryption; at worst somebody makes himself a cookie that does not come back. */
    private static boolean isEncrypted(HttpServletRequest request) {
        return request.isSecure() || "https".equalsIgnoreCase(request.getHeader("X-Forwarded-Proto"));
    }
}
