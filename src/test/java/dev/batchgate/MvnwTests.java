package dev.batchgate;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Which Maven {@code mvnw} runs; with scripts that say who they are in place of Maven, and a server in place of the
 * archive.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "mvnw is a POSIX shell script")
class MvnwTests {

    private static final String TOOLS =
            "sed tr awk dirname basename mkdir mktemp mv rm tar gzip curl wget sha512sum shasum cat sh";

    @TempDir
    private Path folder;

    private Path home;
    private Path onPath;
    private HttpServer archive;
    private final List<String> downloads = new ArrayList<>();

    @BeforeEach
    void aProjectAHomeAndAnArchive() throws Exception {
        home = Files.createDirectory(folder.resolve("home"));
        onPath = Files.createDirectory(folder.resolve("path"));
        byte[] tarball = tarball();
        archive = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        archive.createContext("/", exchange -> {
            downloads.add(exchange.getRequestURI().getPath());
            exchange.sendResponseHeaders(200, tarball.length);
            exchange.getResponseBody().write(tarball);
            exchange.close();
        });
        archive.start();
        project(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-512").digest(tarball)));
    }

    @AfterEach
    void stop() {
        archive.stop(0);
    }

    @Test
    void aMavenOnThePathThatIsNewEnoughIsUsed() throws Exception {
        for (String version : List.of("3.6.3", "3.6.10", "3.10.0", "4.0.0-rc-5")) {
            maven(onPath.resolve("mvn"), version);

            assertThat(mvnw("-B", "verify")).isEqualTo("Maven " + version + " does -B verify\n");
        }
        assertThat(downloads).isEmpty();
    }

    @Test
    void oneThatIsTooOldIsPassedOverForADownloadThatIsKept() throws Exception {
        for (String version : List.of("3.6.2", "3.5.4", "2.9.9")) {
            maven(onPath.resolve("mvn"), version);

            assertThat(mvnw("verify")).endsWith("Maven 3.9.99 does verify\n");
        }
        assertThat(downloads).containsExactly("/maven.tar.gz");
        assertThat(home.resolve(".m2/wrapper")).isDirectoryContaining("glob:**/apache-maven-3.9.99");
        try (var entries = Files.list(home.resolve(".m2/wrapper"))) {
            assertThat(entries).hasSize(1);
        }
    }

    @Test
    void withNoMavenAtAllOneIsDownloaded() throws Exception {
        assertThat(mvnw("verify")).endsWith("Maven 3.9.99 does verify\n");
    }

    @Test
    void aDownloadThatIsNotWhatItShouldBeIsThrownAway() throws Exception {
        project("0".repeat(128));

        assertThat(mvnw("verify"))
                .contains("wrong SHA-512; nothing was unpacked")
                .doesNotContain("does verify");
        try (var entries = Files.list(home.resolve(".m2/wrapper"))) {
            assertThat(entries).isEmpty();
        }
    }

    @Test
    void anArchiveThatCannotBeReachedIsSaid() throws Exception {
        archive.stop(0);

        assertThat(mvnw("verify")).contains("the download failed; put a Maven 3.6.3 or newer on the PATH instead");
    }

    private void project(String sha512) throws IOException {
        Path wrapper = Files.createDirectories(folder.resolve("project/.mvn/wrapper"));
        Files.writeString(wrapper.resolve("maven-wrapper.properties"), """
                minimumVersion=3.6.3
                distributionVersion=3.9.99
                distributionUrl=http://127.0.0.1:%d/maven.tar.gz
                distributionSha512Sum=%s
                """.formatted(
                        archive.getAddress().getPort(), sha512));
    }

    private String mvnw(String... arguments) throws Exception {
        Path script = folder.resolve("project/mvnw");
        Files.copy(Path.of("mvnw"), script, StandardCopyOption.REPLACE_EXISTING);
        List<String> command = new ArrayList<>(List.of("/bin/sh", script.toString()));
        command.addAll(List.of(arguments));
        return run(command);
    }

    private String run(List<String> command) throws Exception {
        Path output = folder.resolve("output");
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .directory(folder.toFile());
        builder.environment().put("HOME", home.toString());
        builder.environment().put("PATH", onPath + ":" + tools());
        Process process = builder.start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return Files.readString(output);
    }

    /** A folder with what the script needs from a system, and no Maven. */
    private Path tools() throws IOException {
        Path tools = folder.resolve("tools");
        if (Files.notExists(tools)) {
            Files.createDirectory(tools);
            for (String tool : TOOLS.split(" ", -1)) {
                for (String bin : List.of("/usr/bin/", "/bin/")) {
                    if (Files.exists(Path.of(bin + tool))) {
                        executable(tools.resolve(tool), "#!/bin/sh\nexec " + bin + tool + " \"$@\"\n");
                    }
                }
            }
        }
        return tools;
    }

    private static void maven(Path script, String version) throws IOException {
        executable(script, """
                #!/bin/sh
                if [ "$1" = --version ]; then
                  printf '\\033[1mApache Maven %s (abcdef)\\033[m\\nJava version: 17\\n'
                else
                  echo "Maven %s does $*"
                fi
                """.formatted(version, version));
    }

    private static void executable(Path script, String text) throws IOException {
        Files.writeString(script, text);
        assertThat(script.toFile().setExecutable(true)).isTrue();
    }

    private byte[] tarball() throws Exception {
        Path bin = Files.createDirectories(folder.resolve("apache-maven-3.9.99/bin"));
        maven(bin.resolve("mvn"), "3.9.99");
        Process tar = new ProcessBuilder("tar", "-czf", "maven.tar.gz", "apache-maven-3.9.99")
                .directory(folder.toFile())
                .start();
        assertThat(tar.waitFor()).isZero();
        return Files.readAllBytes(folder.resolve("maven.tar.gz"));
    }
}
