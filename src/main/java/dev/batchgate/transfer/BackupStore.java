package dev.batchgate.transfer;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

/**
 * The command {@code backup-store --store DIR --to DIR}: copies an embedded store as it is at one moment into a folder that
 * has none, whether or not a service is using it. All of it or nothing.
 */
public final class BackupStore {

    /** Its name on the command line. */
    public static final String COMMAND = "backup-store";

    private static final int MADE = 0;
    private static final int BROKEN_OFF = 1;
    private static final int REFUSED = 2;
    private static final String USAGE = "Usage: java -jar batchgate.jar " + COMMAND + " --store DIR --to DIR";
    private static final double NANOS = 1e9;

    private BackupStore() {}

    /**
     * Makes a backup and prints what is in it.
     *
     * @param arguments those behind the command's name
     * @return what the process is to exit with: 0 where it was made, 1 where that broke off and there is none, 2 where it
     *     was not begun
     */
    public static int run(List<String> arguments, PrintStream out) {
        Map<String, String> options = Options.of(arguments);
        String store = options.getOrDefault("--store", "");
        String to = options.getOrDefault("--to", "");
        if (store.isEmpty() || to.isEmpty() || options.size() > 2) {
            out.println(USAGE);
            return REFUSED;
        }
        try {
            return make(StoreCopy.prepare(Path.of(store), Path.of(to)), store, out);
        } catch (NotCopied refused) {
            out.printf("%s%nThere is no backup.%n", refused.getMessage());
            return REFUSED;
        }
    }

    private static int make(StoreCopy copy, String store, PrintStream out) {
        long start = System.nanoTime();
        Instant moment = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        try {
            StoreCopy.Counts counts = copy.make();
            out.printf("Backup of the store in %s as it was at %s%n", store, moment);
            out.printf("  ingestions   %d, %d of them waiting%n", counts.ingestions(), counts.waiting());
            out.printf("  dispatches   %d%n", counts.dispatches());
            out.printf("  bytes        %d%n", counts.bytes());
            out.printf("  seconds      %.1f%n", (System.nanoTime() - start) / NANOS);
            out.printf(
                    "It is in %s, checked and on disk, with all that was acknowledged before that moment.%n",
                    copy.target());
            return MADE;
        } catch (SQLException | IOException failed) {
            out.printf("It broke off, and there is no backup: %s%nThe store is as it was.%n", failed.getMessage());
            return BROKEN_OFF;
        }
    }
}
