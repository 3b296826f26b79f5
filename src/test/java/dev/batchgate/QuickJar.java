package dev.batchgate;

import dev.batchgate.ingestion.DatabaseUrl;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.util.FileSystemUtils;

/**
 * The finished jar made quick to start, for tests that start it again and again on a small machine: taken apart as it is
 * in the image, and with an archive of the classes that it loads, so that the JVM need not read them anew. How soon it
 * has started matters more there than how fast it then is. Made once for all tests of a JVM.
 */
final class QuickJar {

    private static final String[] FLAGS = {StartedService.QUICK_TO_START, "-XX:+UseSerialGC"};
    private static final Path FINISHED = Path.of(System.getProperty("batchgate.jar"));
    private static final Path FOLDER = FINISHED.resolveSibling(System.getProperty("quick.jar", "quick"));
    private static final Path JAR = FOLDER.resolve(FINISHED.getFileName());
    private static final Path ARCHIVE = FOLDER.resolve("classes.jsa");

    static {
        try {
            // What is there is of another build.
            FileSystemUtils.deleteRecursively(FOLDER);
            takeApart();
            archiveClasses();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private QuickJar() {}

    /** What starts it. */
    static List<String> command() {
        return command("-XX:SharedArchiveFile=" + ARCHIVE);
    }

    private static List<String> command(String flag) {
        List<String> command = new ArrayList<>(List.of(StartedService.java(), flag));
        command.addAll(List.of(FLAGS));
        command.addAll(List.of("-jar", JAR.toString()));
        return command;
    }

    private static void takeApart() throws IOException {
        Process tools = new ProcessBuilder(
                        StartedService.java(),
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
                        command("-XX:ArchiveClassesAtExit=" + ARCHIVE), FOLDER, environment)
                .awaitReady()) {
            if (service.terminate() != 0) {
                throw new AssertionError(service.log());
            }
        }
    }
}
