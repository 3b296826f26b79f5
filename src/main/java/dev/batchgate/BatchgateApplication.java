package dev.batchgate;

import dev.batchgate.access.NewKey;
import dev.batchgate.ledger.VerifyLedger;
import dev.batchgate.terminal.Terminal;
import dev.batchgate.transfer.BackupStore;
import dev.batchgate.transfer.CopyStore;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.event.ApplicationFailedEvent;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.context.ApplicationListener;

/**
 * Batchgate as a process: {@code java -jar batchgate.jar}, with {@code verify-ledger} the check of a store, with
 * {@code backup-store} its backup, with {@code copy-store} its move to PostgreSQL, with {@code new-key} what makes a key, or with any
 * other word a client of the service.
 */
@SpringBootApplication
public class BatchgateApplication {

    public static void main(String[] args) {
        String first = args.length > 0 ? args[0] : "";
        if (first.equals(NewKey.COMMAND)) {
            System.exit(NewKey.run(Arrays.asList(args).subList(1, args.length), System.out));
        }
        boolean isOfStore = List.of(VerifyLedger.COMMAND, CopyStore.COMMAND, BackupStore.COMMAND)
                .contains(first);
        if (!isOfStore && Terminal.isMeant(args)) {
            // Before anything else: who types a command waits for it.
            System.exit(Terminal.run(args));
        }
        NativeLibrary.load();
        if (first.equals(VerifyLedger.COMMAND)) {
            System.exit(VerifyLedger.run(Arrays.asList(args).subList(1, args.length), System.out));
        }
        if (first.equals(BackupStore.COMMAND)) {
            System.exit(BackupStore.run(Arrays.asList(args).subList(1, args.length), System.out));
        }
        if (first.equals(CopyStore.COMMAND)) {
            // What libraries log of a failure is not for whoever reads what the command says of it.
            LoggingSystem.get(BatchgateApplication.class.getClassLoader()).beforeInitialize();
            System.exit(CopyStore.run(Arrays.asList(args).subList(1, args.length), System.out));
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
