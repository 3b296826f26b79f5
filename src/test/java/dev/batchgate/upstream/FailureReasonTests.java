package dev.batchgate.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;

class FailureReasonTests {

    @Test
    void whatTlsSaysIsPassedOnInOneShortLine() {
        String reason = FailureReason.of(
                new SSLException("bad\r\n\u001b[31mname\u2028 " + "\ud83d\ude00".repeat(10_000)), false);

        assertThat(reason).startsWith("TLS failed: bad [31mname  \ud83d\ude00");
        assertThat(reason.codePointCount(0, reason.length())).isLessThan(250);
        assertThat(reason).doesNotContainPattern("[\\p{Cc}\\p{Cs}\\p{Zl}]");
    }

    @Test
    void whatOthersSayIsNotPassedOnSinceItMayQuoteTheUrl() {
        assertThat(FailureReason.of(new IOException("GET https://api.example/?key=s3cret"), true))
                .isEqualTo("IOException");
    }
}
