package dev.batchgate.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CallbackRuleTests {

    private final CallbackRule rule = rule(Webhooks.SECRET);

    private static CallbackRule rule(String... secrets) {
        return new CallbackRule(new Signer(List.of(secrets)), new AddressRule(Webhooks.properties()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://example.com",
                "HTTPS://EXAMPLE.COM./hook?token=a%20b&c=%C3%A4",
                "http://example.com:8080/",
                "https://8.8.8.8/hook",
                "https://[2606:4700::1111]:8443/hook",
                "https://localhost.example.com/"
            })
    void whatCanBeSentToIsAccepted(String url) {
        assertThat(rule.objection(url)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|https://",
                "/hook|https://",
                "example.com/hook|https://",
                "ftp://example.com|https://",
                "javascript:alert(1)|https://",
                "file:///etc/passwd|https://",
                "mailto:a@example.com|https://",
                "https:example.com|host",
                "https:///hook|host",
                "https://|URL",
                "https://a b.example|ASCII",
                "https://example.com/ä|ASCII",
                "https://me:secret@example.com/|user",
                "https://me@example.com/|user",
                "https://a_b@example.com/|user",
                "https://@example.com/|user",
                "https://example.com/#part|fragment",
                "https://example.com:0/|port",
                "https://example.com:65536/|port",
                "https://example.com:-1/|host",
                "https://exa%6Dple.com/|host",
                "https://example.com\\@10.0.0.1/|URL",
                "https://[::1/|URL",
                "https://my_host/|host"
            })
    void whatBreaksARuleIsToldWhich(String url, String rule) {
        assertThat(this.rule.objection(url))
                .hasValueSatisfying(told -> assertThat(told).contains(rule));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1/",
                "http://2130706433/",
                "http://0x7f.1/",
                "http://0x7f000001/",
                "http://0177.0.0.1/",
                "http://127.1/",
                "http://0/",
                "http://127.0.0.1./",
                "http://[::ffff:127.0.0.1]/",
                "http://[::1]/",
                "http://[::]/",
                "http://[::ffff:7f00:1]/",
                "http://[fe80::1%25lo]/",
                "http://169.254.169.254/latest",
                "http://10.0.0.1:80/",
                "http://[64:ff9b::a9fe:a9fe]/",
                "http://１２７.0.0.1/",
                "http://①.example/"
            })
    void anAddressThatNothingIsSentToIsRefusedHoweverItIsWritten(String url) {
        assertThat(rule.objection(url)).isPresent();
    }

    @Test
    void itHasAtMost2048Characters() {
        String longest = "https://example.com/" + "a".repeat(2028);

        assertThat(rule.objection(longest)).isEmpty();
        assertThat(rule.objection(longest + "a")).isPresent();
    }

    @Test
    void withoutASecretNoneIsAccepted() {
        assertThat(rule().objection("https://example.com"))
                .hasValueSatisfying(told -> assertThat(told).contains("no webhook secret is configured"));
    }
}
