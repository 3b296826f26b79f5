package dev.batchgate.access;

import static dev.batchgate.access.TestKeys.ACME;
import static dev.batchgate.access.TestKeys.ADMIN;
import static dev.batchgate.access.TestKeys.with;
import static org.assertj.core.api.Assertions.assertThat;

import dev.batchgate.Http;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.web.server.LocalServerPort;

/** How browsers log in and out, as they would be seen by somebody who tries what they should not. */
@Guarded
class SessionTests {

    @LocalServerPort
    private int port;

    private Http http;

    @BeforeEach
    void client() {
        http = new Http(port);
    }

    private Http.Answer logIn(String key, String... headers) {
        return http.send("POST", "/login", "key=" + key.replace(' ', '+'), headers);
    }

    private static List<String> cookies(Http.Answer answer) {
        return answer.response().headers().allValues("Set-Cookie");
    }

    private static String value(Http.Answer answer, String name) {
        return cookies(answer).stream()
                .filter(cookie -> cookie.startsWith(name + "="))
                .map(cookie -> cookie.substring(name.length() + 1, cookie.indexOf(';')))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void whoHasNoSessionIsShownTheForm() {
        Http.Answer answer = http.get("/");

        assertThat(answer.status()).isEqualTo(303);
        assertThat(answer.header("Location")).isEqualTo("/login");
        Http.Answer form = http.get("/login");
        assertThat(form.status()).isEqualTo(200);
        assertThat(form.header("Content-Type")).isEqualTo("text/html;charset=UTF-8");
        assertThat(form.header("Content-Security-Policy"))
                .contains("default-src 'none'", "form-action 'self'", "frame-ancestors 'none'")
                .doesNotContain("unsafe", "script-src");
        assertThat(form.response().body()).doesNotContain("<script", " style=", "onclick");
        for (String file : List.of("/dashboard/base.css", "/dashboard/login.css", "/dashboard/icon.svg")) {
            assertThat(http.get(file).status()).isEqualTo(200);
        }
    }

    @Test
    void anAdminsKeyOpensASession() {
        Http.Answer answer = logIn(ADMIN);

        assertThat(answer.status()).isEqualTo(303);
        assertThat(answer.header("Location")).isEqualTo("/");
        assertThat(cookies(answer)).hasSize(2);
        assertThat(cookies(answer).get(0))
                .startsWith("session=")
                .contains("; Path=/", "; HttpOnly", "; SameSite=Strict");
        assertThat(cookies(answer)).allSatisfy(cookie -> assertThat(cookie).doesNotContain("Secure"));
        assertThat(answer.response().body()).isEmpty();

        String session = "session=" + value(answer, "session");
        assertThat(http.get("/", "Cookie", session).status()).isEqualTo(200);
        assertThat(http.get("/queue", "Cookie", session).status()).isEqualTo(200);
        assertThat(http.get("/ingestions", "Cookie", session).status()).isEqualTo(200);
    }

    @Test
    void whatCameEncryptedStaysSo() {
        assertThat(cookies(logIn(ADMIN, "X-Forwarded-Proto", "https")))
                .allSatisfy(cookie -> assertThat(cookie).contains("; Secure"));
    }

    @Test
    void aWrongKeyIsToldSoAndASubmittersThatItIsNotEnough() {
        for (String wrong : List.of("", "no", ADMIN + "x", "%zz", "&", "x".repeat(5_000))) {
            Http.Answer answer = http.send("POST", "/login", "key=" + wrong);
            assertThat(answer.status()).isEqualTo(401);
            assertThat(answer.response().body()).contains("role=\"alert\"", "not known");
            assertThat(cookies(answer)).isEmpty();
        }
        Http.Answer submitters = logIn(ACME);
        assertThat(submitters.status()).isEqualTo(403);
        assertThat(submitters.response().body()).contains("role=\"alert\"", "for submissions");
        assertThat(cookies(submitters)).isEmpty();
    }

    @Test
    void ordersInASessionNeedItsToken() {
        Http.Answer login = logIn(ADMIN);
        String session = "session=" + value(login, "session");
        String token = value(login, "csrf");
        String anothers = value(logIn(ADMIN), "csrf");

        for (String[] without : new String[][] {
            {"Cookie", session},
            {"Cookie", session + "; csrf=" + token},
            {"Cookie", session, "X-CSRF-Token", ""},
            {"Cookie", session, "X-CSRF-Token", anothers},
            {"Cookie", session + "; csrf=planted", "X-CSRF-Token", "planted"}
        }) {
            Http.Answer refused = http.send("POST", "/queue/pause", "", without);
            assertThat(refused.status()).isEqualTo(403);
            assertThat(refused.header("Content-Type")).isEqualTo("application/problem+json");
            assertThat(refused.json().get("error").asString()).contains("X-CSRF-Token");
        }
        assertThat(http.get("/queue", "Cookie", session).json().get("paused").asBoolean())
                .isFalse();
        assertThat(http.send("POST", "/queue/resume", "", "Cookie", session, "X-CSRF-Token", token)
                        .status())
                .isEqualTo(200);
        assertThat(http.send("POST", "/queue/resume", "", with(ADMIN)).status()).isEqualTo(200);
        assertThat(http.send("POST", "/queue/resume", "", with(ACME, "Cookie", session))
                        .status())
                .isEqualTo(403);
    }

    @Test
    void aLogInAlwaysBeginsANewSession() {
        Http.Answer first = logIn(ADMIN);
        Http.Answer second = logIn(ADMIN, "Cookie", "session=" + value(first, "session"));

        assertThat(value(second, "session")).isNotEqualTo(value(first, "session"));
        assertThat(value(second, "csrf")).isNotEqualTo(value(first, "csrf"));
    }

    @Test
    void aLogInThatAnotherSiteSendsIsNone() {
        assertThat(logIn(ADMIN, "Origin", "http://evil.example").status()).isEqualTo(403);
    }

    @Test
    void aLogOutTakesTheCookiesAway() {
        Http.Answer login = logIn(ADMIN);

        Http.Answer answer = http.send(
                "POST",
                "/logout",
                "",
                "Cookie",
                "session=" + value(login, "session"),
                "X-CSRF-Token",
                value(login, "csrf"));

        assertThat(answer.status()).isEqualTo(204);
        assertThat(cookies(answer))
                .hasSize(2)
                .allSatisfy(cookie -> assertThat(cookie).contains("=;", "Max-Age=0"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x",
                "AAAA",
                "====",
                "",
                "koT5Cy4NEVA0lNfvdqSP578YashcU8weI9afifRKtuM3NHxYzy_J9eobnPnDjv3kKxodnKw8GfuicsJvVA"
            })
    void aCookieThatIsNoneIsNoSession(String cookie) {
        assertThat(http.get("/queue", "Cookie", "session=" + cookie).status()).isEqualTo(401);
    }
}
