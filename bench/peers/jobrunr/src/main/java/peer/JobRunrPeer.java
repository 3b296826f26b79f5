package peer;

import jakarta.validation.Valid;
import java.util.Map;
import java.util.UUID;
import org.jobrunr.jobs.JobId;
import org.jobrunr.scheduling.JobRequestScheduler;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/**
 * JobRunr on PostgreSQL: one job for each ingestion, committed before the answer. JobRunr creates its tables itself.
 */
@SpringBootApplication
@RestController
class JobRunrPeer {

    private final JobRequestScheduler jobs;

    JobRunrPeer(JobRequestScheduler jobs) {
        this.jobs = jobs;
    }

    public static void main(String[] arguments) {
        SpringApplication.run(JobRunrPeer.class, arguments);
    }

    @GetMapping("/health")
    Map<String, String> health() {
        return Map.of("status", "UP");
    }

    @PostMapping("/ingest")
    Map<String, UUID> ingest(@Valid @RequestBody Ingestion ingestion) {
        JobId id = jobs.enqueue(new Fetch(ingestion.ids(), ingestion.priority().name()));
        return Map.of("ingestion_id", id.asUUID());
    }
}
