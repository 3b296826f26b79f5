package dev.batchgate;

import dev.batchgate.ledger.VerifyLedger;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.event.ApplicationFailedEvent;
import org.springframework.context.ApplicationListener;

/** Batchgate as a process: {@code java -jar batchgate.jar}, or with {@code verify-ledger} the check of a store. */
@SpringBootApplication
public class BatchgateApplication {

    public static void main(String[] args) {
        NativeLibrary.load();
        if (args.length > 0 && args[0].equals(VerifyLedger.COMMAND)) {
            System.exit(VerifyLedger.run(Arrays.asList(args).subList(1, args.length), System.out));
        }
        AtomicInteger exit = new AtomicInteger();
        SpringApplication application = new SpringApplication(BatchgateApplication.class);
        application.addListeners(
                (ApplicationListener<ApplicationFailedEvent>) failed -> exit.set(isStopping() ? 0 : 1));
        // To be told to stop is no failure, whatever a JVM makes of SIGTERM. Runs when everything has been closed.
        SpringApplication.getShutdownHandlers().add(() -> Runtime.getRuntime().halt(exit.get()));
        application.run(args);
    }

    /** Told to stop while it starts, an application fails; the JVM alone knows which came first. */
    private static boolean isStopping() {
        Thread hook = new Thread(() -> {});
        try {
            Runtime.getRuntime().addShutdownHook(hook);
            return !Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException stopping) {
            return true;
        }
    }
}
