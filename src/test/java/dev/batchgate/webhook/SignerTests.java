package dev.batchgate.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.batchgate.ingestion.StartRefused;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignerTests {

    private static final String ID = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    private static final long SECONDS = 1_614_265_330;
    private static final byte[] BODY = "{\"test\": 2432232314}".getBytes(StandardCharsets.UTF_8);
    private static final String SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    /** The vector that the libraries of Standard Webhooks are tested with. */
    @Test
    void theSignatureIsThatOfTheSpecification() {
        assertThat(new Signer(List.of(Webhooks.SECRET)).sign(ID, SECONDS, BODY)).isEqualTo(SIGNATURE);
    }

    @Test
    void whileSecretsAreRotatedAllOfThemSignTheNewestFirst() {
        String newest = "whsec_" + Base64.getEncoder().encodeToString(new byte[64]);

        String signatures = new Signer(List.of(newest, Webhooks.SECRET)).sign(ID, SECONDS, BODY);

        assertThat(signatures.split(" ")).hasSize(2).endsWith(SIGNATURE).doesNotHaveDuplicates();
        assertThat(signatures).startsWith(new Signer(List.of(newest)).sign(ID, SECONDS, BODY) + " ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"hush", "whsec_", "whsec_aHVzaA==", "whsec_!?hush", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"})
    void whatIsNoSecretEndsTheStartAndIsNotShown(String secret) {
        assertThatThrownBy(() -> new Signer(List.of(Webhooks.SECRET, secret)))
                .isInstanceOfSatisfying(
                        StartRefused.class,
                        refused -> assertThat(refused.getMessage() + refused.action())
                                .doesNotContain("hush", "aHVzaA", "MfKQ9"));
        assertThat(Webhooks.properties("secrets=" + secret).toString()).doesNotContain("hush", "MfKQ9", "aHVz");
    }
}
