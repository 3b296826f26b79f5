package dev.batchgate.upstream;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.DefaultConnectionKeepAliveStrategy;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.io.HttpClientConnectionManager;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.message.BasicHeader;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * The HTTP client as a rate limit needs it: it sends what it is told to, once. Nothing is retried or authenticated
 * behind the gate's back, nothing leaves for another host, and connections are reused only while the other side is sure
 * to hold them open.
 */
final class UpstreamClient {

    /**
     * How long an upstream is taken to keep an idle connection open that does not say so. Common servers close after 5
     * s, which is also the default interval: a request would run into the closing connection every time.
     */
    private static final TimeValue UNANNOUNCED_KEEP_ALIVE = TimeValue.ofSeconds(5);

    /** Kept away from the moment at which the upstream will close: what preparing adds, and half a second. */
    private static final Duration KEEP_ALIVE_MARGIN = Preparation.LONGEST_IDLE.plusMillis(500);

    private static final Duration LEAST_KEEP_ALIVE = Duration.ofMillis(1);

    /**
     * Idle for longer than this, a connection is looked at before it is reused: the upstream may have closed it. It
     * takes about a millisecond, which is too much for the shortest intervals.
     */
    private static final Duration UNCHECKED_IDLE = Duration.ofMillis(20);

    /** The time-out of a call is the call's to keep and to explain; the client's own only end what that could not. */
    private static final Duration AFTER_TIMEOUT = Duration.ofSeconds(1);

    private UpstreamClient() {}

    /**
     * As many as there are requests, whose number the gate limits: an ingestion keeps the batch size it was accepted
     * with, and no request of a batch is to wait for another.
     */
    static PoolingHttpClientConnectionManager connections(Duration timeout) {
        Timeout limit = Timeout.of(timeout.plus(AFTER_TIMEOUT));
        return PoolingHttpClientConnectionManagerBuilder.create()
                .setConnectionFactory(ManagedHttpClientConnectionFactory.builder()
                        .responseParserFactory(WholeHeadParser::new)
                        .build())
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setConnectTimeout(limit)
                        .setSocketTimeout(limit)
                        .setValidateAfterInactivity(TimeValue.of(UNCHECKED_IDLE))
                        .build())
                .setMaxConnTotal(Integer.MAX_VALUE)
                .setMaxConnPerRoute(Integer.MAX_VALUE)
                .build();
    }

    static CloseableHttpClient create(
            Map<String, String> headers,
            Duration timeout,
            HttpClientConnectionManager connections,
            RateLimitNews news) {
        Map<String, String> sentAlways = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        // Otherwise any coding would be welcome (RFC 9110, section 12.5.3), and none is undone here.
        sentAlways.put(HttpHeaders.ACCEPT_ENCODING, "identity");
        sentAlways.putAll(headers);
        return HttpClients.custom()
                .setConnectionManager(connections)
                .setDefaultRequestConfig(requests(timeout))
                .setKeepAliveStrategy(UpstreamClient::keepAlive)
                .setRequestExecutor(new DepartureExecutor(news))
                .setDefaultHeaders(sentAlways.entrySet().stream()
                        .map(header -> new BasicHeader(header.getKey(), header.getValue()))
                        .toList())
                .setUserAgent("batchgate")
                .setRedirectStrategy(new SameHostRedirects())
                .disableAutomaticRetries()
                .disableCookieManagement()
                .disableAuthCaching()
                .disableContentCompression()
                .build();
    }

    static RequestConfig requests(Duration timeout) {
        Timeout limit = Timeout.of(timeout.plus(AFTER_TIMEOUT));
        return RequestConfig.custom()
                .setConnectionRequestTimeout(limit)
                .setResponseTimeout(limit)
                .setConnectionKeepAlive(UNANNOUNCED_KEEP_ALIVE)
                .build();
    }

    /** How long the connection may idle that this answer came on. */
    static TimeValue keepAlive(HttpResponse answer, HttpContext context) {
        TimeValue held = DefaultConnectionKeepAliveStrategy.INSTANCE.getKeepAliveDuration(answer, context);
        Duration safe = held.toDuration().minus(KEEP_ALIVE_MARGIN);
        // Zero and less would mean for ever.
        return safe.compareTo(LEAST_KEEP_ALIVE) > 0 ? TimeValue.of(safe) : TimeValue.of(LEAST_KEEP_ALIVE);
    }
}
