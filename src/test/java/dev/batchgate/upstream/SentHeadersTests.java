package dev.batchgate.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.batchgate.ingestion.StartRefused;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SentHeadersTests {

    @Test
    void aNameThatIsThereTwiceIsRefusedHoweverItIsWritten() {
        for (String other : new String[] {"x-api-key", "X.Api.Key"}) {
            assertThatThrownBy(() -> SentHeaders.of(Map.of("X-Api-Key", "s3cret", other, "s3cret")))
                    .isInstanceOf(StartRefused.class)
                    .hasMessageContaining("is there twice")
                    .hasMessageNotContaining("s3cret");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "X Team", "X-Team:", "X-Tëam", "X-Team\r\nHost", "content-length", "Transfer.Encoding"})
    void aNameThatCannotBeSentIsRefused(String name) {
        assertThatThrownBy(() -> SentHeaders.of(Map.of(name, "s3cret")))
                .isInstanceOf(StartRefused.class)
                .hasMessageNotContaining("s3cret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"s3cret\n", "s3cret\r\nHost: elsewhere", "s3cret\0", "s3cret\u007f", "s3crét"})
    void aValueThatCannotBeSentIsRefused(String value) {
        assertThatThrownBy(() -> SentHeaders.of(Map.of("Authorization", value)))
                .isInstanceOf(StartRefused.class)
                .hasMessageContaining("Authorization has a value that HTTP does not allow")
                .hasMessageNotContaining("s3cr");
    }

    @Test
    void whateverHttpAllowsIsSentAsItIs() {
        Map<String, String> headers = Map.of("X-Team", "", "Authorization", "Basic dTpw\t==", "Accept", "a/b;q=\"1\"");

        assertThat(SentHeaders.of(headers)).containsExactlyInAnyOrderEntriesOf(headers);
    }
}
