package dev.batchgate.terminal;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * The service to talk to.
 *
 * @param base without a slash at its end
 * @param apiKey empty if there is none
 */
record Target(URI base, String apiKey) {

    Target {
        if (apiKey.chars().anyMatch(character -> character <= ' ' || character > '~')) {
            throw Failure.badInput("The API key has characters that no API key has.");
        }
    }

    /** @param url and {@code apiKey}: empty where the environment is to say */
    static Target of(String url, String apiKey, Map<String, String> environment) {
        String named = url.isBlank() ? environment.getOrDefault("BATCHGATE_URL", "") : url;
        String port = environment.getOrDefault("PORT", "").isBlank() ? "8080" : environment.get("PORT");
        String key = apiKey.isBlank() ? environment.getOrDefault("BATCHGATE_API_KEY", "") : apiKey;
        return new Target(parse(named.isBlank() ? "http://localhost:" + port : named.strip()), key.strip());
    }

    private static URI parse(String url) {
        try {
            URI base = new URI(url.replaceAll("/+$", ""));
            boolean isHttp = "http".equalsIgnoreCase(base.getScheme()) || "https".equalsIgnoreCase(base.getScheme());
            if (isHttp && base.getHost() != null && base.getRawQuery() == null && base.getRawFragment() == null) {
                return base;
            }
        } catch (URISyntaxException malformed) {
            // Said below.
        }
        throw Failure.badInput("'%s' is no URL of a service: write it as http://host:8080".formatted(Plain.text(url)));
    }

    HttpRequest.Builder get(String path) {
        return request(path).GET();
    }

    HttpRequest.Builder order(String method, String path) {
        return request(path).method(method, HttpRequest.BodyPublishers.noBody());
    }

    HttpRequest.Builder order(String method, String path, String json) {
        return request(path)
                .method(method, HttpRequest.BodyPublishers.ofString(json))
                .header("Content-Type", "application/json");
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path));
        return apiKey.isEmpty() ? request : request.header("Authorization", "Bearer " + apiKey);
    }

    /** An id as a part of a path. */
    static String segment(String id) {
        if (id.isBlank()) {
            throw Failure.badInput("An id is missing.");
        }
        return URLEncoder.encode(id.strip(), StandardCharsets.UTF_8).replace("+", "%20");
    }
}
