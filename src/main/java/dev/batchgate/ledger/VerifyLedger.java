package dev.batchgate.ledger;

import dev.batchgate.ingestion.StartRefused;
import java.io.PrintStream;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.NavigableMap;

/**
 * The command {@code verify-ledger --store DIR}, or {@code --store URL}: reads a store, whether or not services are using it,
 * and tells whether every promise about order and time was kept, as far back as the ledger goes.
 */
public final class VerifyLedger {

    /** Its name on the command line. */
    public static final String COMMAND = "verify-ledger";

    private static final int KEPT = 0;
    private static final int BROKEN = 1;
    private static final int NOT_CHECKED = 2;
    private static final String USAGE = "Usage: java -jar batchgate.jar " + COMMAND + " --store DIR or URL";

    private VerifyLedger() {}

    /**
     * Checks and prints.
     *
     * @param arguments those behind the command's name
     * @return what the process is to exit with: 0 where every promise was kept, 1 where one was broken, 2 where nothing
     *     could be checked
     */
    public static int run(List<String> arguments, PrintStream out) {
        String name = name(arguments);
        if (name.isEmpty()) {
            out.println(USAGE);
            return NOT_CHECKED;
        }
        try {
            return check(Store.of(name), out);
        } catch (StartRefused malformed) {
            out.printf("%s%n%s%n%s%n", malformed.getMessage(), malformed.action(), USAGE);
            return NOT_CHECKED;
        }
    }

    private static int check(Store store, PrintStream out) {
        try (StoreRecords records = new StoreRecords(store)) {
            return check(records, store, out);
        } catch (SQLException unreadable) {
            out.printf("The store in %s cannot be read: %s%n%s%n", store, unreadable.getMessage(), USAGE);
            return NOT_CHECKED;
        }
    }

    private static String name(List<String> arguments) {
        String joined = String.join("=", arguments);
        return joined.startsWith("--store=") ? joined.substring("--store=".length()) : "";
    }

    private static int check(StoreRecords records, Store store, PrintStream out) throws SQLException {
        Findings findings = new Findings();
        NavigableMap<Long, Run> runs = records.runs();
        Run lastRun = runs.isEmpty() ? Run.unknown(0) : runs.lastEntry().getValue();
        Cut cut = records.cut();
        Backlog backlog = new Backlog();
        Turns turns = new Turns(backlog, cut);
        Totals totals = new Totals();
        SpacingCheck spacing = new SpacingCheck(findings);
        RepeatCheck repeat = new RepeatCheck(findings, backlog);
        records.replay(
                runs,
                List.of(
                        totals,
                        spacing,
                        new HoldCheck(findings),
                        new PauseCheck(findings),
                        new InFlightCheck(findings),
                        new OrderCheck(findings, backlog, turns),
                        new FairnessCheck(findings, backlog),
                        repeat,
                        new CancelCheck(findings, backlog),
                        new ControlCheck(findings, backlog),
                        new RecordCheck(findings, lastRun.era(), cut),
                        new OutcomeCheck(findings),
                        new EndCheck(findings, backlog, cut),
                        // Behind all of them, which so see what was before each record.
                        turns,
                        backlog));
        records.tellResults(runs, new ResultCheck(findings));

        out.printf("Ledger of the store in %s%n", store);
        out.printf("  runs         %d%n", runs.size());
        out.printf("  ingestions   %d, %d of them waiting%n", totals.ingestions(), backlog.waiting());
        out.printf("  orders       %d%n", totals.orders());
        out.printf("  dispatches   %s%n", totals.dispatches());
        out.printf("  retries      %d, each of a batch that still missed some of its ids%n", repeat.retries());
        out.printf("  repeats      %d, each of a batch whose outcome a crash hid%n", repeat.repeats());
        out.printf(
                "  least gap    %s%n",
                spacing.leastGap().map(VerifyLedger::seconds).orElse("none to compare"));
        out.printf("  violations   %d%n", findings.count());
        findings.told().forEach(finding -> out.printf("    %s%n", finding));
        if (findings.count() > findings.told().size()) {
            out.printf("    … and %d more%n", findings.count() - findings.told().size());
        }
        return findings.count() == 0 ? KEPT : BROKEN;
    }

    private static String seconds(Duration gap) {
        return "%d.%09d s".formatted(gap.toSeconds(), gap.toNanosPart());
    }
}
