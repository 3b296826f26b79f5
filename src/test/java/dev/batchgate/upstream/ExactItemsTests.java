package dev.batchgate.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchgate.ingestion.Data;
import dev.batchgate.ingestion.IdOutcome;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Items come out of an answer for several ids as they went in, whatever JSON they are. */
class ExactItemsTests {

    @Property
    void whateverAnItemIsItIsKeptAsItWas(
            @ForAll("values") String one, @ForAll("values") String other, @ForAll("blanks") String blank) {
        String seven = "{\"x\":" + one + ",\"id\":7}";
        String eight = "{\"id\"" + blank + ":\"8\",\"7\":1," + blank + "\"x\":" + other + "}";
        for (String body : List.of(
                "[" + blank + seven + "," + blank + eight + blank + "]",
                blank + eight + blank + seven,
                "{\"8\":" + blank + eight + ",\"x\":" + other + "," + blank + "\"7\":" + seven + blank + "}")) {
            assertThat(outcomes(body)).containsExactly(fetched(seven), fetched(eight));
        }
        assertThat(outcomes("{\"7\":" + blank + one + blank + ",\"8\":" + other + "}"))
                .containsExactly(fetched(one), fetched(other));
    }

    private static List<IdOutcome> outcomes(String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return BatchAnswer.outcomes(List.of(7L, 8L), new Answer(200, MediaType.of(null), bytes, true), 1 << 20);
    }

    private static IdOutcome fetched(String json) {
        return new IdOutcome.Fetched(Data.json(json.replace('\r', ' ').replace('\n', ' ')));
    }

    @Provide
    Arbitrary<String> blanks() {
        return Arbitraries.strings().withChars(" \t\r\n").ofMaxLength(3);
    }

    @Provide
    Arbitrary<String> values() {
        Arbitrary<String> text = Arbitraries.of(
                        "a", "\u00fc", "\ud83d\ude00", "\\\"", "\\\\", "\\ud800", "{", "]", ",", ":")
                .list()
                .ofMaxSize(8)
                .map(parts -> "\"" + String.join("", parts) + "\"");
        Arbitrary<String> token = Arbitraries.of(
                "null", "true", "0", "-0", "1.0E400", "1e-9", "0.10", "123456789012345678901234567890", "{}", "[]");
        Arbitrary<String> flat = Arbitraries.oneOf(text, token);
        return Arbitraries.recursive(() -> flat, inner -> Arbitraries.oneOf(array(inner), object(text, inner)), 0, 3);
    }

    private static Arbitrary<String> array(Arbitrary<String> inner) {
        return inner.list().ofMaxSize(3).map(items -> "[" + String.join(" ,\n", items) + "]");
    }

    private static Arbitrary<String> object(Arbitrary<String> names, Arbitrary<String> inner) {
        return Combinators.combine(names, inner)
                .as((name, value) -> name + "\t: " + value)
                .list()
                .ofMaxSize(3)
                .map(members -> "{" + String.join(",\r\n", members) + " }");
    }
}
