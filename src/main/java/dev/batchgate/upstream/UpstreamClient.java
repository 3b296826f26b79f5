package dev.batchgate.upstream;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.hc.client5.http.ConnectionKeepAliveStrategy;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.DefaultConnectionKeepAliveStrategy;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HeaderElements;
import org.apache.hc.core5.http.message.BasicHeader;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * The HTTP client as a rate limit needs it: it sends what it is told to, once. Nothing is retried, redirected or
 * authenticated behind the gate's back, and connections are reused only while the other side is sure to hold them open.
 */
final class UpstreamClient {

    /**
     * An idle connection is reused for so long where the upstream does not say how long it keeps one. Common servers
     * close after 5 s, which is also the default interval: a request would run into the closing connection every time.
     */
    private static final Duration UNANNOUNCED_KEEP_ALIVE = Duration.ofSeconds(4);

    /** Kept away from the moment at which the upstream said that it will close. */
    private static final Duration KEEP_ALIVE_MARGIN = Duration.ofSeconds(1);

    private static final Duration LEAST_KEEP_ALIVE = Duration.ofMillis(1);

    /** Idle for longer than this, a connection is looked at before it is reused, which takes about a millisecond. */
    private static final Duration UNCHECKED_IDLE = Duration.ofMillis(500);

    private UpstreamClient() {}

    static CloseableHttpClient create(Map<String, String> headers, Duration timeout, int atOnce) {
        Timeout limit = Timeout.of(timeout);
        ConnectionConfig connections = ConnectionConfig.custom()
                .setConnectTimeout(limit)
                .setSocketTimeout(limit)
                .setValidateAfterInactivity(TimeValue.of(UNCHECKED_IDLE))
                .build();
        List<Header> sentAlways = headers.entrySet().stream()
                .<Header>map(header -> new BasicHeader(header.getKey(), header.getValue()))
                .toList();
        return HttpClients.custom()
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setDefaultConnectionConfig(connections)
                        .setMaxConnTotal(atOnce)
                        .setMaxConnPerRoute(atOnce)
                        .build())
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setConnectionRequestTimeout(limit)
                        .setResponseTimeout(limit)
                        .build())
                .setKeepAliveStrategy(keepAlive())
                .setRequestExecutor(new DepartureExecutor())
                .setDefaultHeaders(sentAlways)
                .setUserAgent("batchgate")
                .disableAutomaticRetries()
                .disableRedirectHandling()
                .disableCookieManagement()
                .disableAuthCaching()
                .disableContentCompression()
                .build();
    }

    private static ConnectionKeepAliveStrategy keepAlive() {
        return (response, context) -> {
            boolean announced = response.containsHeader(HeaderElements.KEEP_ALIVE);
            TimeValue held = DefaultConnectionKeepAliveStrategy.INSTANCE.getKeepAliveDuration(response, context);
            if (!announced) {
                return TimeValue.of(UNANNOUNCED_KEEP_ALIVE);
            }
            Duration safe = held.toDuration().minus(KEEP_ALIVE_MARGIN);
            // Zero and less would mean for ever.
            return safe.compareTo(LEAST_KEEP_ALIVE) > 0 ? TimeValue.of(safe) : TimeValue.of(LEAST_KEEP_ALIVE);
        };
    }
}
