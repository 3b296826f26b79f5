package dev.batchgate;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Batchgate as a process: {@code java -jar batchgate.jar}. */
@SpringBootApplication
public class BatchgateApplication {

    public static void main(String[] args) {
        SpringApplication.run(BatchgateApplication.class, args);
        // To be told to stop is no failure, whatever a JVM makes of SIGTERM. By now everything is closed.
        SpringApplication.getShutdownHandlers().add(() -> Runtime.getRuntime().halt(0));
    }
}
