package dev.batchgate.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.batchgate.ingestion.Quota;
import dev.batchgate.ingestion.StartRefused;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** Keys as they are configured, and what is not taken for any. */
class ApiKeyTests {

    private static final String A = TestKeys.ADMIN_DIGEST;
    private static final String B = TestKeys.ACME_DIGEST;

    private static List<ApiKey> keys(Map<String, Object> environment) {
        MutablePropertySources sources = new MutablePropertySources();
        sources.addFirst(new SystemEnvironmentPropertySource("systemEnvironment", environment));
        Binder binder = new Binder(ConfigurationPropertySources.from(sources));
        return ApiKey.of(
                binder.bindOrCreate("batchgate", AccessProperties.class).apiKeys());
    }

    private static List<ApiKey> keys(String variable) {
        return keys(Map.of("BATCHGATE_API_KEYS", variable));
    }

    @Test
    void oneVariableNamesThemAll() {
        List<ApiKey> keys = keys("ops:admin:%s, acme.2-x_:submit:%s:ids-per-minute=100:max-backlog=5".formatted(A, B));

        assertThat(keys).extracting(ApiKey::name).containsExactly("ops", "acme.2-x_");
        assertThat(keys).extracting(ApiKey::role).containsExactly(Role.ADMIN, Role.SUBMIT);
        assertThat(keys).extracting(ApiKey::quota).containsExactly(Quota.UNLIMITED, new Quota(100L, 5L));
        assertThat(keys.get(0).digests()).containsExactly(Digest.of(TestKeys.ADMIN));
    }

    @Test
    void soDoVariablesOneByOne() {
        List<ApiKey> keys = keys(Map.of(
                "BATCHGATE_API_KEYS_0_NAME", "ops",
                "BATCHGATE_API_KEYS_0_ROLE", "admin",
                "BATCHGATE_API_KEYS_0_SHA256", A.toUpperCase(java.util.Locale.ROOT),
                "BATCHGATE_API_KEYS_1_NAME", "acme",
                "BATCHGATE_API_KEYS_1_ROLE", "submit",
                "BATCHGATE_API_KEYS_1_SHA256", B,
                "BATCHGATE_API_KEYS_1_IDS_PER_MINUTE", "7"));

        assertThat(keys).extracting(ApiKey::name).containsExactly("ops", "acme");
        assertThat(keys.get(1).quota()).isEqualTo(new Quota(7L, null));
        assertThat(keys.get(0).digests()).containsExactly(Digest.of(TestKeys.ADMIN));
    }

    @Test
    void whereNothingIsSetThereAreNone() {
        assertThat(keys(Map.of())).isEmpty();
        assertThat(keys("")).isEmpty();
    }

    @Test
    void whileOneTakesThePlaceOfTheOtherAKeyHasTwoDigests() {
        Keyring keyring = new Keyring(keys("ops:admin:%s+%s".formatted(A, B)));

        assertThat(keyring.find(TestKeys.ADMIN)).get().hasToString("ops");
        assertThat(keyring.find(TestKeys.ACME)).get().hasToString("ops");
        assertThat(keyring.find(TestKeys.OTHER)).isEmpty();
        assertThat(keyring.find("")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ops                                    | has neither the role",
                "ops:admin                              | is not 64 hexadecimal digits",
                "ops:root:{a}                           | has neither the role submit nor admin",
                "ops:ADMIN:{a}                          | has neither the role submit nor admin",
                "ops:admin:{a}0                         | is not 64 hexadecimal digits",
                "ops:admin:xyz                          | is not 64 hexadecimal digits",
                "ops:admin:{a}+                         | is not 64 hexadecimal digits",
                "ops:admin:{a}+{a}                      | twice the same",
                ":admin:{a}                             | no name",
                "o ps:admin:{a}                         | no name",
                "öps:admin:{a}                          | no name",
                "ops:admin:{a},ops:submit:{b}           | two API keys with the name ops",
                "ops:admin:{a},acme:submit:{a}          | has the sha256 of another key",
                "ops:admin:{a},,acme:submit:{b}         | no name",
                "ops:admin:{a}:ids-per-minute=0         | must be a whole number from 1",
                "ops:admin:{a}:ids-per-minute=x         | must be a whole number from 1",
                "ops:admin:{a}:max-backlog=-1           | must be a whole number from 1",
                "ops:admin:{a}:max-backlog=1e3          | must be a whole number from 1",
                "ops:admin:{a}:max-bcklog=5             | has a limit that is none",
                "ops:admin:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 | that of no key",
            })
    void whatMakesNoSenseIsSaid(String variable, String problem) {
        assertThatThrownBy(() -> keys(variable.replace("{a}", A).replace("{b}", B)))
                .isInstanceOf(StartRefused.class)
                .hasMessageContaining(problem)
                .hasMessageNotContaining(A);
    }

    @Test
    void aNameHasNoMoreThan64Characters() {
        assertThat(keys("%s:admin:%s".formatted("n".repeat(64), A))).hasSize(1);
        assertThatThrownBy(() -> keys("%s:admin:%s".formatted("n".repeat(65), A)))
                .isInstanceOf(StartRefused.class);
    }

    /** Spring Boot's list ends where a number is missing; to take the first key away must not open the service. */
    @Test
    void keysThatCannotBeReadDoNotOpenTheService() {
        Map<String, Object> second = Map.of(
                "BATCHGATE_API_KEYS_1_NAME",
                "ops",
                "BATCHGATE_API_KEYS_1_ROLE",
                "admin",
                "BATCHGATE_API_KEYS_1_SHA256",
                A);

        assertThat(parts(second)).containsExactly("1");
        assertThatThrownBy(() -> ApiKey.of(List.of(), parts(second))).isInstanceOf(StartRefused.class);
        assertThatThrownBy(() -> ApiKey.of(
                        keys("ops:admin:" + A).stream()
                                .map(key -> new ConfiguredKey("ops", A, "admin", null, null))
                                .toList(),
                        Set.of("0", "2")))
                .isInstanceOf(StartRefused.class);
        assertThat(parts(Map.of("BATCHGATE_API_KEYS", "x"))).containsExactly("");
        assertThat(parts(Map.of("BATCHGATE_API_KEYS", " ", "BATCHGATE_INTERVAL", "1s")))
                .isEmpty();
    }

    private static Set<String> parts(Map<String, Object> variables) {
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .forEach(source -> environment.getPropertySources().remove(source.getName()));
        environment.getPropertySources().addFirst(new SystemEnvironmentPropertySource("systemEnvironment", variables));
        return KeysConfigured.parts(environment);
    }

    @Test
    void aKeyIsNotTakenForANameAndSaidAgain() {
        assertThatThrownBy(() -> keys("bg_abcdefgh"))
                .isInstanceOf(StartRefused.class)
                .hasMessageNotContaining("abcdefgh");
    }
}
