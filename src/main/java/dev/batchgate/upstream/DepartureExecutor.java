package dev.batchgate.upstream;

import java.io.IOException;
import java.util.Objects;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpConnection;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.Http1StreamListener;
import org.apache.hc.core5.http.impl.io.HttpRequestExecutor;
import org.apache.hc.core5.http.io.HttpClientConnection;
import org.apache.hc.core5.http.io.HttpResponseInformationCallback;
import org.apache.hc.core5.http.protocol.HttpContext;

/**
 * Lets each {@link Call} decide at the last moment whether its request leaves: connected, TLS done, the head written to
 * the buffer and nothing sent. It is the only place from which the true start of a request can be known. Tells it what
 * the head of each answer says about the rate limit, whatever becomes of the rest of it.
 */
final class DepartureExecutor extends HttpRequestExecutor {

    private final RateLimitNews news;

    DepartureExecutor(RateLimitNews news) {
        this.news = news;
    }

    @Override
    public ClassicHttpResponse execute(
            ClassicHttpRequest request,
            HttpClientConnection connection,
            HttpResponseInformationCallback informationCallback,
            HttpContext context)
            throws IOException, HttpException {
        Call call = (Call) Objects.requireNonNull(context.getAttribute(Call.class.getName()));
        call.connected();
        return new HttpRequestExecutor(Http1Config.DEFAULT, null, listening(call))
                .execute(request, connection, informationCallback, context);
    }

    private Http1StreamListener listening(Call call) {
        return new Http1StreamListener() {
            @Override
            public void onRequestHead(HttpConnection connection, HttpRequest request) {
                call.leave((HttpClientConnection) connection);
            }

            @Override
            public void onResponseHead(HttpConnection connection, HttpResponse response) {
                call.heard(news.closedFor(response));
            }

            @Override
            public void onExchangeComplete(HttpConnection connection, boolean keepAlive) {}
        };
    }
}
