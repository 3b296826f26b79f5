package dev.batchgate.terminal;

import dev.batchgate.ingestion.Priority;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;

/** The commands, as they are typed. Each method is one. */
@Command(
        name = "java -jar batchgate.jar",
        description = {
            "Hands ids to a Batchgate service, follows them and brings back what was fetched.",
            "Without a command, or with settings as --server.port=8081, it is the service itself."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done; with --follow, follow and status: nothing failed or was cancelled",
            "1:ended, but something failed or was cancelled",
            "2:the command or its input makes no sense; nothing was sent",
            "3:the service refused, or does not know it",
            "4:not reachable, gave up waiting, broken off, or the output could not be written"
        },
        footer = {
            "",
            "Of the store itself, without a service: verify-ledger --store DIR proves that every promise was kept,",
            "backup-store --store DIR --to DIR copies it as it is at that moment, and",
            "copy-store --from DIR --to URL brings it to PostgreSQL.",
            "For a service that is not open to everybody: new-key --name NAME --role submit|admin makes an API key."
        })
final class Commands {

    private static final String ID = "ID";
    private static final String AN_ID = "of the ingestion";
    private static final Duration OF_SCRIPTS = Duration.ofMinutes(10);
    private static final Duration OF_PEOPLE = Duration.ofSeconds(5);

    private final Surroundings around;
    private final Display display;
    private final Output out;

    @Option(
            names = "--url",
            scope = ScopeType.INHERIT,
            paramLabel = "URL",
            description = "Where the service is; else BATCHGATE_URL, else this machine at PORT, or 8080.")
    private String url = "";

    @Option(
            names = "--api-key",
            scope = ScopeType.INHERIT,
            paramLabel = "KEY",
            description = "Sent as Authorization: Bearer KEY. Else BATCHGATE_API_KEY, which others do not see in ps.")
    private String apiKey = "";

    @Option(
            names = "--patience",
            scope = ScopeType.INHERIT,
            paramLabel = "TIME",
            description = "How long to try one call while the service is busy or cannot be reached: 30s, 10m, 2h. "
                    + "Usually 10m for submit, follow and results, 5s for the others.")
    private String patience = "";

    Commands(Surroundings around, Display display) {
        this.around = around;
        this.display = display;
        this.out = new Output(around.out());
    }

    @Command(
            mixinStandardHelpOptions = true,
            description = {
                "Hands in ids and prints the id of each ingestion.",
                "The same ids with the same options are the same ingestions, so that it can be run again after whatever went "
                        + "wrong. To have the same ids fetched once more, give another --key."
            })
    int submit(
            @Parameters(paramLabel = "FILE", description = "An id a line; - is standard input. # begins a comment.")
                    String file,
            @Option(
                            names = "--priority",
                            paramLabel = "PRIORITY",
                            defaultValue = "MEDIUM",
                            description = "HIGH, MEDIUM (if left out) or LOW.")
                    Priority priority,
            @Option(names = "--follow", description = "Wait until all of it has ended.") boolean follow,
            @Option(
                            names = "--key",
                            defaultValue = "",
                            paramLabel = "TEXT",
                            description =
                                    "Tells these ids from the same ids handed in for another purpose: a date, say.")
                    String key,
            @Option(
                            names = "--max-ids",
                            defaultValue = "10000",
                            paramLabel = "N",
                            description = "Ids in one ingestion, the service's limits.max-ids; 10000 if left out.")
                    int maxIds,
            @Option(
                            names = "--max-id",
                            defaultValue = "1000000007",
                            paramLabel = "N",
                            description = "The greatest id, the service's limits.max-id; 1000000007 if left out.")
                    long maxId) {
        if (maxIds < 1 || maxId < 1) {
            throw Failure.badInput("--max-ids and --max-id must be 1 or more.");
        }
        Service service = service(OF_SCRIPTS);
        long[] ids = IdList.of(file, around.in(), maxId);
        Submission submission = new Submission(service, display, out, Chunk.split(ids, maxIds, priority), key);
        return Farewell.prepared(display, submission::farewell, () -> {
                    List<String> ingestions = submission.send();
                    display.say("%d ids handed in, %s, as %d ingestion%s."
                            .formatted(ids.length, priority, ingestions.size(), ingestions.size() == 1 ? "" : "s"));
                    Exit exit = follow ? follow(service, ingestions) : Exit.DONE;
                    return submission.isUnwritable() ? Exit.GAVE_UP : exit;
                })
                .code();
    }

    @Command(mixinStandardHelpOptions = true, description = "Waits until ingestions have ended.")
    int follow(@Parameters(paramLabel = ID, arity = "1..*", description = AN_ID) List<String> ids) {
        Service service = service(OF_SCRIPTS);
        String farewell = "The work stays queued. The same command again goes on following.";
        return Farewell.prepared(display, () -> farewell, () -> follow(service, ids))
                .code();
    }

    @Command(mixinStandardHelpOptions = true, description = "Says where an ingestion stands.")
    int status(
            @Parameters(paramLabel = ID, description = AN_ID) String id,
            @Option(names = "--json", description = "Print the answer as it is.") boolean json) {
        Service service = service(OF_PEOPLE);
        return tell(service.call(service.target().get("/status/" + Target.segment(id))), json);
    }

    @Command(
            mixinStandardHelpOptions = true,
            description = {
                "Prints what was fetched, a JSON value a line for each id in the order of the ids.",
                "Only what ends with exit code 0 is whole."
            })
    int results(@Parameters(paramLabel = ID, arity = "1..*", description = AN_ID) List<String> ids) {
        try (ResultsDownload download = new ResultsDownload(service(OF_SCRIPTS), out, around.longestSilence())) {
            ids.forEach(download::bring);
        }
        return Exit.DONE.code();
    }

    @Command(mixinStandardHelpOptions = true, description = "Says what waits, and whether the gate is open.")
    int queue(@Option(names = "--json", description = "Print the answer as it is.") boolean json) {
        Service service = service(OF_PEOPLE);
        return tellQueue(service.call(service.target().get("/queue")), json);
    }

    @Command(
            mixinStandardHelpOptions = true,
            description = "Closes the gate: nothing is dispatched until it is opened again.")
    int pause() {
        Service service = service(OF_PEOPLE);
        return tellQueue(service.call(service.target().order("POST", "/queue/pause")), false);
    }

    @Command(mixinStandardHelpOptions = true, description = "Opens the gate again.")
    int resume() {
        Service service = service(OF_PEOPLE);
        return tellQueue(service.call(service.target().order("POST", "/queue/resume")), false);
    }

    @Command(mixinStandardHelpOptions = true, description = "Takes back what has not been fetched.")
    int cancel(@Parameters(paramLabel = ID, description = AN_ID) String id) {
        Service service = service(OF_PEOPLE);
        return ordered(service.call(service.target().order("DELETE", "/ingest/" + Target.segment(id))));
    }

    @Command(mixinStandardHelpOptions = true, description = "Asks for the failed ids again.")
    int retry(@Parameters(paramLabel = ID, description = AN_ID) String id) {
        Service service = service(OF_PEOPLE);
        return ordered(service.callOnce(service.target().order("POST", "/ingest/" + Target.segment(id) + "/retry")));
    }

    @Command(mixinStandardHelpOptions = true, description = "Moves what has not been dispatched to another priority.")
    int move(
            @Parameters(paramLabel = ID, description = AN_ID) String id,
            @Parameters(paramLabel = "PRIORITY", description = "HIGH, MEDIUM or LOW") Priority priority) {
        Service service = service(OF_PEOPLE);
        return ordered(service.call(service.target()
                .order("PATCH", "/ingest/" + Target.segment(id), "{\"priority\":\"%s\"}".formatted(priority))));
    }

    private Service service(Duration usual) {
        Target target = Target.of(url, apiKey, around.environment());
        return new Service(target, patience.isEmpty() ? usual : Span.parse(patience), around, display);
    }

    private Exit follow(Service service, List<String> ids) {
        return new Follow(service, around.time(), display).untilEnded(ids);
    }

    private int tell(Answer answer, boolean json) {
        if (json) {
            out.body(answer.orRefuse().body());
        } else {
            Summary.of(answer.orRefuse()).forEach(out::line);
        }
        return IngestionReport.of(answer).exit().code();
    }

    private int ordered(Answer answer) {
        tell(answer, false);
        return Exit.DONE.code();
    }

    private int tellQueue(Answer answer, boolean json) {
        if (json) {
            out.body(answer.orRefuse().body());
        } else {
            Summary.of(QueueReport.of(answer.orRefuse())).forEach(out::line);
        }
        return Exit.DONE.code();
    }
}
