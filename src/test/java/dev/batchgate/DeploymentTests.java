package dev.batchgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.config.YamlPropertiesFactoryBean;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.core.io.FileSystemResource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What is deployed fits what it is deployed with; the image itself is tried by {@code ops/image}. */
@Tag("jar")
class DeploymentTests {

    private static final String SBOM = "META-INF/sbom/application.cdx.json";
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    private Path folder;

    @Test
    void railwaysFileFitsTheService() throws Exception {
        JsonNode railway = JSON.readTree(Files.readString(Path.of("railway.json")));
        JsonNode deploy = railway.get("deploy");

        assertThat(railway.get("build").get("builder").asString()).isEqualTo("DOCKERFILE");
        assertThat(Path.of(railway.get("build").get("dockerfilePath").asString()))
                .isRegularFile();
        assertThat(deploy.get("restartPolicyType").asString()).isEqualTo("ALWAYS");
        assertThat(deploy.get("drainingSeconds").isInt())
                .as("Railway takes no text here")
                .isTrue();
        assertThat(Duration.ofSeconds(deploy.get("drainingSeconds").asInt()))
                .as("batches in flight, then answers under way")
                .isGreaterThan(phase().multipliedBy(2));
        // As Railway starts it: the port comes from the environment.
        try (StartedService service = StartedService.start(QuickJar.command(), folder, Map.of())) {
            service.awaitReady();
            Http http = service.http();
            // Railway, too, asks until it is.
            String healthcheck = deploy.get("healthcheckPath").asString();
            await().untilAsserted(
                            () -> assertThat(http.get(healthcheck).status()).isEqualTo(200));
            assertThat(http.get("/actuator/sbom").status()).isEqualTo(404);
            assertThat(http.get("/actuator/sbom/application").status()).isEqualTo(404);
        }
    }

    private static Duration phase() {
        YamlPropertiesFactoryBean defaults = new YamlPropertiesFactoryBean();
        defaults.setResources(new FileSystemResource("src/main/resources/application.yaml"));
        return DurationStyle.detectAndParse(
                defaults.getObject().getProperty("spring.lifecycle.timeout-per-shutdown-phase"));
    }

    @Test
    void theJarListsWhatIsInIt() throws Exception {
        try (JarFile jar = new JarFile(System.getProperty("batchgate.jar"))) {
            assertThat(jar.getManifest().getMainAttributes().getValue("Sbom-Location"))
                    .isEqualTo(SBOM);
            JsonNode sbom = JSON.readTree(
                    new String(jar.getInputStream(jar.getEntry(SBOM)).readAllBytes(), StandardCharsets.UTF_8));
            Map<String, String> versions = sbom.get("components")
                    .valueStream()
                    .collect(Collectors.toMap(
                            component -> component.get("name").asString(),
                            component -> component.get("version").asString(),
                            (one, other) -> one + " " + other));

            assertThat(sbom.get("bomFormat").asString()).isEqualTo("CycloneDX");
            assertThat(jar.stream()
                            .map(entry -> entry.getName())
                            .filter(name -> name.startsWith("BOOT-INF/lib/") && name.endsWith(".jar"))
                            .map(name -> name.substring("BOOT-INF/lib/".length(), name.length() - ".jar".length()))
                            .filter(name -> !name.startsWith("spring-boot-jarmode-tools")))
                    .as("each library of the jar, with its version")
                    .isNotEmpty()
                    .allMatch(name -> versions.entrySet().stream()
                            .anyMatch(component -> Arrays.stream(
                                            component.getValue().split(" "))
                                    .anyMatch(version -> name.equals(component.getKey() + "-" + version))));
            assertThat(versions).containsKey("sqlite-jdbc").doesNotContainKey("archunit");
        }
    }

    @Test
    void theImageRunsWithWhatItWasTrainedWith() throws Exception {
        String dockerfile = Files.readString(Path.of("Dockerfile"));
        String training = Files.readString(Path.of("ops", "train"));

        assertThat(dockerfile)
                .contains(
                        "ENTRYPOINT [\"java\", \"@jvm.flags\", \"-XX:AOTCache=batchgate.aot\", \"-jar\", \"batchgate.jar\"]");
        assertThat(training).contains("java @jvm.flags \"-XX:AOTCacheOutput=$cache\" -jar batchgate.jar");
    }
}
