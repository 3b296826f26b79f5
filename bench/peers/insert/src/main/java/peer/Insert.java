package peer;

import jakarta.validation.Valid;
import java.util.Map;
import java.util.UUID;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/**
 * The plain alternative to a queue: one row in PostgreSQL for each ingestion, committed before the answer. Nobody takes the
 * rows out again, and there is no index for who would, so that this is the least a database asks for.
 */
@SpringBootApplication
@RestController
class Insert {

    private final JdbcTemplate jdbc;

    Insert(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    public static void main(String[] arguments) {
        SpringApplication.run(Insert.class, arguments);
    }

    @GetMapping("/health")
    Map<String, String> health() {
        return Map.of("status", "UP");
    }

    @PostMapping("/ingest")
    Map<String, UUID> ingest(@Valid @RequestBody Ingestion ingestion) {
        UUID id = UUID.randomUUID();
        jdbc.update(
                "INSERT INTO ingestion (id, priority, ids) VALUES (?, ?, ?)",
                id,
                ingestion.priority().name(),
                ingestion.ids().toArray(Integer[]::new));
        return Map.of("ingestion_id", id);
    }
}
