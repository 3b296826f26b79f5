package dev.batchgate.webhook;

import dev.batchgate.ingestion.Delivery;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.routing.RoutingSupport;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.io.CloseMode;
import org.jspecify.annotations.Nullable;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sends one delivery after the other, each once, and says what came of it. What it says names no URL and no address.
 *
 * <p>Any number of threads enter {@link #send}, each with a request of its own, which the timer's thread ends once its time is
 * up. {@code underWay} holds those requests for {@link #cutOff}, which any thread may enter.
 */
final class Post implements AutoCloseable {

    /** Read so that a polite receiver is not reset in the middle of a sentence. */
    private static final int MOST_READ = 4_096;

    private final CloseableHttpClient client;
    private final Signer signer;
    private final JsonMapper json;
    private final Clock clock;
    private final Duration timeout;
    private final Set<HttpPost> underWay = ConcurrentHashMap.newKeySet();
    private final ScheduledThreadPoolExecutor timer =
            new ScheduledThreadPoolExecutor(1, new CustomizableThreadFactory("webhook-timer-"));
    private volatile boolean isCutOff;

    Post(CloseableHttpClient client, Signer signer, JsonMapper json, Clock clock, Duration timeout) {
        this.client = client;
        this.signer = signer;
        this.json = json;
        this.clock = clock;
        this.timeout = timeout;
        // Else what has been sent would be kept until it would have been too late.
        timer.setRemoveOnCancelPolicy(true);
    }

    /** Returns what was answered; empty if the attempt was cut off before that. */
    Optional<Answer> send(Delivery delivery) {
        HttpPost request = request(delivery);
        underWay.add(request);
        Future<?> end = timer.schedule(request::cancel, timeout.toNanos(), TimeUnit.NANOSECONDS);
        long start = System.nanoTime();
        try {
            if (isCutOff) {
                return Optional.empty();
            }
            return Optional.of(exchange(request));
        } catch (IOException | HttpException | RuntimeException failed) {
            boolean late = System.nanoTime() - start >= timeout.toNanos();
            return isCutOff
                    ? Optional.empty()
                    : Optional.of(Answer.none(late ? "no answer within " + timeout.toMillis() + " ms" : why(failed)));
        } finally {
            end.cancel(false);
            underWay.remove(request);
        }
    }

    private HttpPost request(Delivery delivery) {
        byte[] body = json.writeValueAsBytes(Event.of(delivery));
        String id = delivery.id().toString();
        long seconds = clock.instant().getEpochSecond();
        HttpPost request = new HttpPost(URI.create(delivery.url()));
        request.setHeader("webhook-id", id);
        request.setHeader("webhook-timestamp", seconds);
        request.setHeader("webhook-signature", signer.sign(id, seconds, body));
        request.setEntity(new ByteArrayEntity(body, ContentType.APPLICATION_JSON.withCharset((String) null)));
        return request;
    }

    private Answer exchange(HttpPost request) throws IOException, HttpException {
        ClassicHttpResponse response = client.executeOpen(RoutingSupport.determineHost(request), request, null);
        try {
            Answer answer = Answer.of(response.getCode(), RetryAfter.of(response, clock));
            skip(response.getEntity());
            return answer;
        } finally {
            // Before the response is closed, which would read the rest of it.
            request.cancel();
            close(response);
        }
    }

    /** The status has been said; the body adds nothing to it, however it ends. */
    private static void skip(@Nullable HttpEntity entity) {
        if (entity == null) {
            return;
        }
        try {
            InputStream content = entity.getContent();
            content.readNBytes(MOST_READ);
        } catch (IOException | RuntimeException broken) {
            // It was not wanted anyway.
        }
    }

    private static void close(ClassicHttpResponse response) {
        try {
            response.close();
        } catch (IOException | RuntimeException cancelled) {
            // As it should be.
        }
    }

    private static String why(Exception failed) {
        if (failed instanceof UnknownHostException || failed instanceof GuardedSocket.Forbidden) {
            return "the host is unknown, or has no address that may be sent to";
        }
        if (failed instanceof SSLException) {
            return "no TLS connection that can be trusted";
        }
        return failed instanceof ConnectException ? "no connection" : "no complete HTTP answer";
    }

    /** Ends all that is under way, and whatever is begun later. */
    void cutOff() {
        isCutOff = true;
        underWay.forEach(HttpPost::cancel);
    }

    @Override
    public void close() {
        cutOff();
        timer.shutdownNow();
        client.close(CloseMode.IMMEDIATE);
    }
}
