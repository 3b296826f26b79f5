package dev.batchgate.access;

import dev.batchgate.ingestion.StartRefused;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes a key, and the line that configures it: {@code java -jar batchgate.jar new-key}. */
@Command(
        name = NewKey.COMMAND,
        mixinStandardHelpOptions = true,
        description = "Makes an API key. It is printed here and nowhere else; what is configured is its hash.")
public final class NewKey implements Callable<Integer> {

    public static final String COMMAND = "new-key";

    /** So that whoever finds one, in a log or a repository, knows what it is. */
    static final String PREFIX = "bg_";

    private static final int BYTES = 32;

    @Option(names = "--name", required = true, paramLabel = "NAME", description = "Who is to have it.")
    private String name = "";

    @Option(
            names = "--role",
            defaultValue = "submit",
            paramLabel = "ROLE",
            description = "submit (if left out), or admin: sees and orders everything.")
    private String role = "";

    @Option(
            names = "--ids-per-minute",
            defaultValue = "",
            paramLabel = "N",
            description = "Ids it may hand in a minute.")
    private String idsPerMinute = "";

    @Option(names = "--max-backlog", defaultValue = "", paramLabel = "N", description = "Batches of it that may wait.")
    private String maxBacklog = "";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private NewKey() {}

    /**
     * Prints one.
     *
     * @return what the process is to exit with
     */
    public static int run(List<String> arguments, PrintStream out) {
        PrintWriter writer = new PrintWriter(out, true, StandardCharsets.UTF_8);
        return new CommandLine(new NewKey()).setOut(writer).setErr(writer).execute(arguments.toArray(String[]::new));
    }

    @Override
    public Integer call() {
        String key = random();
        String line = "%s:%s:%s%s%s"
                .formatted(
                        name,
                        role,
                        Digest.of(key).hex(),
                        idsPerMinute.isEmpty() ? "" : ":ids-per-minute=" + idsPerMinute,
                        maxBacklog.isEmpty() ? "" : ":max-backlog=" + maxBacklog);
        try {
            ApiKey.of(List.of(ConfiguredKey.of(line)));
        } catch (StartRefused senseless) {
            throw new CommandLine.ParameterException(spec.commandLine(), senseless.getMessage());
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println("The key, for whoever is to have it; it is not kept anywhere:");
        out.println("  " + key);
        out.println("For the service; several are separated by commas:");
        out.println("  BATCHGATE_API_KEYS=" + line);
        return 0;
    }

    static String random() {
        byte[] secret = new byte[BYTES];
        new SecureRandom().nextBytes(secret);
        return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
    }
}
