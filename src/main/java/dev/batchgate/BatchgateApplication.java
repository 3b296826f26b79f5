package dev.batchgate;

import dev.batchgate.ledger.VerifyLedger;
import java.util.Arrays;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Batchgate as a process: {@code java -jar batchgate.jar}, or with {@code verify-ledger} the check of a store. */
@SpringBootApplication
public class BatchgateApplication {

    public static void main(String[] args) {
        if (args.length > 0 && args[0].equals(VerifyLedger.COMMAND)) {
            System.exit(VerifyLedger.run(Arrays.asList(args).subList(1, args.length), System.out));
        }
        SpringApplication.run(BatchgateApplication.class, args);
        // To be told to stop is no failure, whatever a JVM makes of SIGTERM. By now everything is closed.
        SpringApplication.getShutdownHandlers().add(() -> Runtime.getRuntime().halt(0));
    }
}
