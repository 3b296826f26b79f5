package dev.batchgate.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchgate.ingestion.Quota;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code new-key} prints. */
class NewKeyTests {

    private static final Pattern PRINTED =
            Pattern.compile("(?s).*\\n  (bg_[A-Za-z0-9_-]{43})\\R.*BATCHGATE_API_KEYS=(\\S+)\\R");

    private String printed = "";

    private int run(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int exit = NewKey.run(List.of(arguments), new PrintStream(out, true, StandardCharsets.UTF_8));
        printed = out.toString(StandardCharsets.UTF_8);
        return exit;
    }

    @Test
    void theLineThatIsPrintedLetsTheKeyIn() {
        assertThat(run("--name", "acme", "--ids-per-minute", "100", "--max-backlog=5"))
                .isZero();

        Matcher matcher = PRINTED.matcher(printed);
        assertThat(matcher.matches()).as(printed).isTrue();
        Keyring keyring = new Keyring(ApiKey.of(List.of(ConfiguredKey.of(matcher.group(2)))));
        ApiKey key = keyring.find(matcher.group(1)).orElseThrow();
        assertThat(key.name()).isEqualTo("acme");
        assertThat(key.role()).isEqualTo(Role.SUBMIT);
        assertThat(key.quota()).isEqualTo(new Quota(100L, 5L));
        assertThat(matcher.group(2)).doesNotContain(matcher.group(1));
    }

    @Test
    void noTwoAreTheSame() {
        assertThat(NewKey.random()).isNotEqualTo(NewKey.random());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "--name|", "--name|a b", "--name|a:b", "--name|a|--role|root", "--name|a|--max-backlog|0"})
    void whatMakesNoSenseIsSaidAndNoKeyIsMade(String arguments) {
        assertThat(run(arguments.split("\\|", -1))).isEqualTo(2);
        assertThat(printed).doesNotContain("bg_").contains("Usage:");
    }
}
