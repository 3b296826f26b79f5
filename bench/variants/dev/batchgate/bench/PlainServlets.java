package dev.batchgate.bench;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.json.JsonMapper;

/**
 * The least that a servlet could do in this application: behind the same filters, it reads and checks the same JSON by hand, keeps
 * the ids in a map and answers.
 */
@Configuration(proxyBeanMethods = false)
class PlainServlets {

    @Bean
    ServletRegistrationBean<HttpServlet> plain() {
        return new ServletRegistrationBean<>(new Plain(), "/plain/*");
    }

    static final class Plain extends HttpServlet {

        private static final long serialVersionUID = 1;
        private static final int MOST_IDS = 10_000;
        private static final long LARGEST_ID = 1_000_000_007;

        private final transient JsonMapper json = JsonMapper.builder().build();
        private final transient ConcurrentHashMap<UUID, long[]> kept = new ConcurrentHashMap<>();

        @Override
        protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
            List<Long> ids = new ArrayList<>();
            String priority = "MEDIUM";
            try (JsonParser parser = json.createParser(request.getInputStream())) {
                if (parser.nextToken() != JsonToken.START_OBJECT) {
                    response.sendError(400);
                    return;
                }
                while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                    String name = parser.currentName();
                    parser.nextToken();
                    switch (name) {
                        case "ids" -> {
                            while (parser.nextToken() != JsonToken.END_ARRAY) {
                                ids.add(parser.getLongValue());
                            }
                        }
                        case "priority" -> priority = parser.getString();
                        default -> parser.skipChildren();
                    }
                }
            }
            if (ids.isEmpty()
                    || ids.size() > MOST_IDS
                    || ids.stream().anyMatch(id -> id < 1 || id > LARGEST_ID)
                    || !List.of("HIGH", "MEDIUM", "LOW").contains(priority)) {
                response.sendError(400);
                return;
            }
            UUID id = UUID.randomUUID();
            kept.put(id, ids.stream().mapToLong(Long::longValue).toArray());
            answer(response, "{\"ingestion_id\":\"" + id + "\"}");
        }

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            UUID id = UUID.fromString(request.getPathInfo().substring(1));
            long[] ids = kept.get(id);
            if (ids == null) {
                response.sendError(404);
                return;
            }
            StringBuilder body = new StringBuilder(256)
                    .append("{\"ingestion_id\":\"")
                    .append(id)
                    .append("\",\"status\":\"yet_to_start\",\"batches\":[");
            for (int from = 0; from < ids.length; from += 3) {
                body.append(from == 0 ? "" : ",")
                        .append("{\"batch_id\":\"")
                        .append(id)
                        .append('-')
                        .append(from / 3)
                        .append("\",\"ids\":[");
                for (int i = from; i < Math.min(ids.length, from + 3); i++) {
                    body.append(i == from ? "" : ",").append(ids[i]);
                }
                body.append("],\"status\":\"yet_to_start\"}");
            }
            answer(response, body.append("]}").toString());
        }

        private static void answer(HttpServletResponse response, String body) throws IOException {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            response.setContentType("application/json");
            response.setContentLength(bytes.length);
            response.getOutputStream().write(bytes);
        }
    }
}
