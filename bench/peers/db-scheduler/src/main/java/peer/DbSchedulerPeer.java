package peer;

import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.task.Priority;
import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.TaskDescriptor;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import jakarta.validation.Valid;
import java.io.Serializable;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/**
 * db-scheduler on PostgreSQL: one one-time task for each ingestion, committed before the answer. Its client asks for the
 * instance before it inserts it, which is two round trips.
 */
@SpringBootApplication
@RestController
class DbSchedulerPeer {

    static final TaskDescriptor<Fetch> FETCH = TaskDescriptor.of("fetch", Fetch.class);

    private final SchedulerClient scheduler;

    DbSchedulerPeer(SchedulerClient scheduler) {
        this.scheduler = scheduler;
    }

    public static void main(String[] arguments) {
        SpringApplication.run(DbSchedulerPeer.class, arguments);
    }

    @GetMapping("/health")
    Map<String, String> health() {
        return Map.of("status", "UP");
    }

    @PostMapping("/ingest")
    Map<String, String> ingest(@Valid @RequestBody Ingestion ingestion) {
        String id = UUID.randomUUID().toString();
        scheduler.schedule(FETCH.instance(id)
                .data(new Fetch(ingestion.ids()))
                .priority(
                        switch (ingestion.priority()) {
                            case HIGH -> Priority.HIGH;
                            case MEDIUM -> Priority.MEDIUM;
                            case LOW -> Priority.LOW;
                        })
                .scheduledTo(Instant.now()));
        return Map.of("ingestion_id", id);
    }

    record Fetch(List<Integer> ids) implements Serializable {}

    @Configuration
    static class Worker {

        @Bean
        Task<Fetch> fetch() {
            return Tasks.oneTime(FETCH).execute((instance, context) -> {
                try {
                    for (int i = 0; i < instance.getData().ids().size(); i += 3) {
                        Thread.sleep(5000); // fetching is left out, since what is measured is accepting
                    }
                } catch (InterruptedException stopped) {
                    throw new IllegalStateException(stopped);
                }
            });
        }
    }
}
