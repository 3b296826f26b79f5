package dev.batchgate.terminal;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** The client on the command line: {@code submit}, {@code follow}, {@code results} and more, each a process of its own. */
public final class Terminal {

    /** What begins with these is for the client; all other flags are settings of the service. */
    private static final List<String> OWN_FLAGS =
            List.of("-h", "--help", "-V", "--version", "--url", "--api-key", "--patience");

    private Terminal() {}

    /** Whether a command line is for the client, or has no meaning: else it is the service's. */
    public static boolean isMeant(String... arguments) {
        if (arguments.length == 0 || arguments[0].isBlank()) {
            return false;
        }
        String first = arguments[0].split("=", 2)[0];
        return !first.startsWith("--") || OWN_FLAGS.contains(first);
    }

    /**
     * Does what the command line says.
     *
     * @return what the process is to exit with
     */
    public static int run(String... arguments) {
        return run(Surroundings.ofProcess(), arguments);
    }

    static int run(Surroundings around, String... arguments) {
        Display display = new Display(around.err(), around.time(), around.isTerminal());
        return commandLine(new Commands(around, display))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExpandAtFiles(false)
                .setUsageHelpAutoWidth(true)
                .setParameterExceptionHandler((misused, given) -> explain(misused, display))
                .setExecutionExceptionHandler((failed, command, parsed) -> end(failed, display))
                .execute(arguments);
    }

    /** Each command has its own help, with what is common to all of them. */
    private static CommandLine commandLine(Commands commands) {
        CommandLine all = new CommandLine(commands);
        for (CommandLine each : all.getSubcommands().values()) {
            each.getCommandSpec()
                    .usageMessage()
                    .exitCodeListHeading(all.getCommandSpec().usageMessage().exitCodeListHeading())
                    .exitCodeList(all.getCommandSpec().usageMessage().exitCodeList());
        }
        return all;
    }

    /** Help for whoever mistyped, with what was wrong at the end, where it is seen. */
    private static int explain(CommandLine.ParameterException misused, Display display) {
        CommandLine command = misused.getCommandLine();
        display.say(command.getUsageMessage(Ansi.AUTO));
        display.say(Plain.text(String.valueOf(misused.getMessage())));
        if (misused instanceof CommandLine.UnmatchedArgumentException unmatched) {
            List<String> similar = unmatched.getSuggestions();
            if (!similar.isEmpty()) {
                display.say("Did you mean: " + String.join(" or ", similar) + "?");
            }
        }
        return Exit.BAD_INPUT.code();
    }

    private static int end(Exception failed, Display display) {
        display.end();
        if (failed instanceof Failure failure) {
            if (!failure.text().isEmpty()) {
                display.say(failure.text());
            }
            return failure.exit().code();
        }
        display.say("That should not have happened: " + failed);
        return Exit.GAVE_UP.code();
    }
}
