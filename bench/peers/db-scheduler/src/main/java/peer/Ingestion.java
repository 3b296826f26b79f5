package peer;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.List;

/** What is submitted. */
record Ingestion(
        @NotEmpty @Size(max = 10_000) List<@NotNull @Min(1) @Max(1_000_000_007) Integer> ids, Priority priority) {

    enum Priority {
        HIGH,
        MEDIUM,
        LOW
    }

    Ingestion {
        priority = priority == null ? Priority.MEDIUM : priority;
    }
}
