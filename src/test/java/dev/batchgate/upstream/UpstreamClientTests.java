package dev.batchgate.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.message.BasicHttpResponse;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UpstreamClientTests {

    @ParameterizedTest
    @CsvSource({
        ", 3000",
        "max=100, 3000",
        "timeout=, 3000",
        "timeout=soon, 3000",
        "timeout=60, 58000",
        "'timeout=5, max=100', 3000",
        "timeout=2, 1",
        "timeout=0, 1",
        "timeout=-1, 1",
    })
    void aConnectionIsReusedTwoSecondsLessThanTheUpstreamKeepsIt(String announced, long millis) {
        assertThat(keepAlive(announced)).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @CsvSource({"timeout=9223372036854775807", "timeout=99999999999999999999"})
    void anAnnouncementBeyondAllTimeDoesNoHarm(String announced) {
        assertThat(keepAlive(announced)).isGreaterThan(Duration.ofSeconds(2));
    }

    private static Duration keepAlive(String announced) {
        HttpClientContext context = HttpClientContext.create();
        context.setRequestConfig(UpstreamClient.requests(Duration.ofSeconds(10)));
        BasicHttpResponse answer = new BasicHttpResponse(200);
        if (announced != null) {
            answer.setHeader("Keep-Alive", announced);
        }
        return UpstreamClient.keepAlive(answer, context).toDuration();
    }
}
