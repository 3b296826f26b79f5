package dev.batchgate.transfer;

import dev.batchgate.ingestion.DatabaseUrl;
import dev.batchgate.ingestion.StartRefused;
import java.io.PrintStream;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/**
 * The command {@code copy-store --from DIR --to URL}: copies all that an embedded store holds to a PostgreSQL that holds
 * nothing yet, where replicas then go on with it. All of it or nothing.
 */
public final class CopyStore {

    /** Its name on the command line. */
    public static final String COMMAND = "copy-store";

    private static final int COPIED = 0;
    private static final int BROKEN_OFF = 1;
    private static final int REFUSED = 2;
    private static final String USAGE = "Usage: java -jar batchgate.jar " + COMMAND
            + " --from DIR --to postgres://user:password@host:5432/database";
    private static final double NANOS = 1e9;

    private CopyStore() {}

    /**
     * Copies and prints what.
     *
     * @param arguments those behind the command's name
     * @return what the process is to exit with: 0 where all was copied, 1 where that broke off and nothing was, 2 where
     *     it was not begun
     */
    public static int run(List<String> arguments, PrintStream out) {
        Map<String, String> options = Options.of(arguments);
        String from = options.getOrDefault("--from", "");
        String to = options.getOrDefault("--to", "");
        if (from.isEmpty() || to.isEmpty() || options.size() > 2) {
            out.println(USAGE);
            return REFUSED;
        }
        try {
            DatabaseUrl url = DatabaseUrl.parse(to.strip());
            try (SourceStore source = SourceStore.open(Path.of(from));
                    TargetDatabase target = TargetDatabase.open(url)) {
                return copy(source, target, out);
            }
        } catch (NotCopied refused) {
            out.printf("%s%nNothing has been copied.%n", refused.getMessage());
            return REFUSED;
        } catch (StartRefused malformed) {
            out.printf("%s%n%s%nNothing has been copied.%n", malformed.getMessage(), malformed.action());
            return REFUSED;
        }
    }

    private static int copy(SourceStore source, TargetDatabase target, PrintStream out) {
        out.printf("Copying to %s%n", target);
        long start = System.nanoTime();
        try {
            Connection to = target.connection();
            Records.Counts counts = Records.copy(source.connection(), to, target.now());
            Withdrawn.end(Batches.copy(source.connection(), to, target.now()), to, target.now());
            Standing standing = Standing.derive(to, target.now());
            to.commit();
            report(counts, standing, (System.nanoTime() - start) / NANOS, out);
            return COPIED;
        } catch (SQLException | RuntimeException failed) {
            out.printf(
                    "It broke off, and nothing has been copied: %s%nThe store is as it was. Try again once that is mended.%n",
                    failed.getMessage());
            return BROKEN_OFF;
        }
    }

    private static void report(Records.Counts counts, Standing standing, double seconds, PrintStream out) {
        out.printf("  ingestions   %d%n", counts.ingestions());
        out.printf(
                "  batches      %d waiting, and %d waiting to be dispatched again%n",
                standing.inLine(), standing.again());
        out.printf("  results      %d%n", counts.results());
        out.printf("  dispatches   %d%n", counts.dispatches());
        out.printf("  orders       %d%n", counts.orders());
        if (counts.deliveries() > 0) {
            out.printf("  deliveries   %d%n", counts.deliveries());
        }
        out.printf("  seconds      %.1f%n", seconds);
        out.printf(
                "Now set %s to this database and start Batchgate, in as many replicas as you like.%n",
                DatabaseUrl.PLATFORM_VARIABLE);
        out.println(
                "The embedded store is as it was. Do not start Batchgate on it again: it would fetch the same once more.");
    }
}
