package dev.batchgate.webhook;

import java.time.Duration;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.DefaultHttpClientConnectionOperator;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.io.HttpClientConnectionOperator;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.URIScheme;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.config.RegistryBuilder;
import org.apache.hc.core5.pool.PoolConcurrencyPolicy;
import org.apache.hc.core5.pool.PoolReusePolicy;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * The HTTP client as it is needed for hosts that anybody may name: it connects to allowed addresses only, and anew for each
 * request; it follows nothing, repeats nothing, remembers nothing and reads no endless heads. TLS is about the name in
 * the URL, whatever its address.
 */
final class WebhookClient {

    private static final int LONGEST_LINE = 8_192;
    private static final int MOST_HEADERS = 100;

    /** The time-out of an attempt is that attempt's to keep; the client's own only end what that could not. */
    private static final Duration AFTER_TIMEOUT = Duration.ofSeconds(1);

    private WebhookClient() {}

    static CloseableHttpClient create(
            DnsResolver names, TlsSocketStrategy tls, AddressRule addresses, WebhookProperties properties) {
        Timeout limit = Timeout.of(properties.timeout().plus(AFTER_TIMEOUT));
        return HttpClients.custom()
                .setConnectionManager(connections(names, tls, addresses, limit))
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setConnectionRequestTimeout(limit)
                        .setResponseTimeout(limit)
                        .setRedirectsEnabled(false)
                        .setAuthenticationEnabled(false)
                        .setExpectContinueEnabled(false)
                        .setProtocolUpgradeEnabled(false)
                        .build())
                .setConnectionReuseStrategy((request, response, context) -> false)
                .setUserAgent("batchgate")
                .disableRedirectHandling()
                .disableAutomaticRetries()
                .disableCookieManagement()
                .disableAuthCaching()
                .disableContentCompression()
                .disableConnectionState()
                // Closes nothing, since nothing is kept open, but forgets hosts that nothing is sent to any more.
                .evictExpiredConnections()
                .build();
    }

    static CloseableHttpClient create(AddressRule addresses, WebhookProperties properties) {
        return create(
                SystemDefaultDnsResolver.INSTANCE, DefaultClientTlsStrategy.createDefault(), addresses, properties);
    }

    private static PoolingHttpClientConnectionManager connections(
            DnsResolver names, TlsSocketStrategy tls, AddressRule addresses, Timeout limit) {
        HttpClientConnectionOperator operator = new DefaultHttpClientConnectionOperator(
                proxy -> new GuardedSocket(addresses),
                null,
                new PermittedAddresses(names, addresses),
                RegistryBuilder.<TlsSocketStrategy>create()
                        .register(URIScheme.HTTPS.id, tls)
                        .build());
        PoolingHttpClientConnectionManager connections = new PoolingHttpClientConnectionManager(
                operator,
                PoolConcurrencyPolicy.STRICT,
                PoolReusePolicy.LIFO,
                TimeValue.NEG_ONE_MILLISECOND,
                ManagedHttpClientConnectionFactory.builder()
                        .http1Config(Http1Config.custom()
                                .setMaxLineLength(LONGEST_LINE)
                                .setMaxHeaderCount(MOST_HEADERS)
                                .build())
                        .build());
        connections.setDefaultConnectionConfig(ConnectionConfig.custom()
                .setConnectTimeout(limit)
                .setSocketTimeout(limit)
                .build());
        connections.setMaxTotal(Integer.MAX_VALUE);
        connections.setDefaultMaxPerRoute(Integer.MAX_VALUE);
        return connections;
    }
}
