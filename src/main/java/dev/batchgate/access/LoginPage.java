package dev.batchgate.access;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.HttpMethod;

/** The form that browsers log in with; works without scripts. */
final class LoginPage {

    static final String PATH = "/login";

    /** What people open in a browser; all else is for programs, which want to be told with a status. */
    private static final Set<String> PAGES = Set.of("", "/", "/swagger-ui.html", "/swagger-ui/index.html");

    private static final String PLACE = "<!-- problem -->";

    private final String html;

    private LoginPage(String html) {
        this.html = html;
    }

    static LoginPage load() throws IOException {
        return new LoginPage(new ClassPathResource("access/login.html").getContentAsString(StandardCharsets.UTF_8));
    }

    /** Whether somebody is to be shown the form instead of an error. */
    static boolean isForPeople(HttpServletRequest request) {
        String path = request.getRequestURI().substring(request.getContextPath().length());
        return HttpMethod.GET.matches(request.getMethod()) && PAGES.contains(path);
    }

    String html() {
        return html;
    }

    /** With what was wrong; a text of ours, which is not escaped. */
    String html(String problem) {
        return html.replace(PLACE, "<p class=\"problem\" role=\"alert\" id=\"problem\">%s</p>".formatted(problem));
    }
}
