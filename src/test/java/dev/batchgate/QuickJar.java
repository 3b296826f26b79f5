package dev.batchgate;

import dev.batchgate.ingestion.DatabaseUrl;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.util.FileSystemUtils;

/**
 * The finished jar made quick to start, for tests that start it again and again on a small machine: taken apart as it is
 * in the image, and with an archive of the classes that it loads, so that the JVM need not read them anew. How soon it
 * has started matters more there than how fast it then is. Made once for a build by whichever JVM of tests comes first,
 * while the others wait for it.
 */
final class QuickJar {

    private static final List<String> FLAGS = List.of(StartedService.QUICK_TO_START, "-XX:+UseSerialGC");
    private static final Path FINISHED = Path.of(System.getProperty("batchgate.jar"));
    private static final Path FOLDER = FINISHED.resolveSibling("quick");
    private static final Path LOCK = FINISHED.resolveSibling("quick.lock");
    private static final Path MADE_OF = FOLDER.resolve("made-of");
    private static final Path JAR = FOLDER.resolve(FINISHED.getFileName());
    private static final Path ARCHIVE = FOLDER.resolve("classes.jsa");

    static {
        // Closed, it is unlocked.
        try (FileChannel channel = FileChannel.open(LOCK, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.lock();
            if (!Files.exists(MADE_OF) || !Files.readString(MADE_OF).equals(source())) {
                FileSystemUtils.deleteRecursively(FOLDER);
                takeApart();
                archiveClasses();
                Files.writeString(MADE_OF, source());
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private QuickJar() {}

    /** Which jar, and which JVM: the archive of another one is of no use. */
    private static String source() throws IOException {
        return "%s %d %s".formatted(Files.getLastModifiedTime(FINISHED), Files.size(FINISHED), StartedService.java());
    }

    /** What starts it, at the least expense. */
    static List<String> command() {
        return command(FLAGS);
    }

    /** What starts it with these flags, where the collector or the heap matters. */
    static List<String> command(List<String> flags) {
        return command("-XX:SharedArchiveFile=" + ARCHIVE, flags);
    }

    private static List<String> command(String archive, List<String> flags) {
        List<String> command = new ArrayList<>(List.of(StartedService.java(), archive));
        command.addAll(flags);
        command.addAll(List.of("-jar", JAR.toString()));
        return command;
    }

    private static void takeApart() throws IOException {
        Process tools = new ProcessBuilder(
                        StartedService.java(),
                        StartedService.QUICK_TO_START,
                        "-Djarmode=tools",
                        "-jar",
                        FINISHED.toString(),
                        "extract",
                        "--destination",
                        FOLDER.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            if (tools.waitFor() != 0) {
                throw new AssertionError(FINISHED + " cannot be taken apart");
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new AssertionError(stopping);
        }
    }

    /** Those that a replica loads until it is ready, which are nearly all that any does. */
    private static void archiveClasses() {
        Map<String, String> environment =
                Map.of(DatabaseUrl.PLATFORM_VARIABLE, TestPostgres.variable(TestPostgres.newDatabase()));
        try (StartedService service = StartedService.start(
                        command("-XX:ArchiveClassesAtExit=" + ARCHIVE, FLAGS), FOLDER, environment)
                .awaitReady()) {
            if (service.terminate() != 0) {
                throw new AssertionError(service.log());
            }
        }
    }
}
