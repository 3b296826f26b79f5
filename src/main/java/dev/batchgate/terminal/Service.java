package dev.batchgate.terminal;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLHandshakeException;

/**
 * The service as a command sees it: a call that a busy, stopping or unreachable service did not answer is made again, as
 * long as there is patience.
 */
final class Service {

    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration USUAL = Duration.ofSeconds(60);

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            // A redirect might take the API key to somebody else.
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECT)
            .build();
    private final Target target;
    private final Duration patience;
    private final Surroundings around;
    private final Display display;

    Service(Target target, Duration patience, Surroundings around, Display display) {
        this.target = target;
        this.patience = patience;
        this.around = around;
        this.display = display;
    }

    Target target() {
        return target;
    }

    /** Makes a call that does no harm if it is made again. */
    Answer call(HttpRequest.Builder request) {
        return insist(request, Answer.Body::whole, USUAL, true);
    }

    /** Makes one that the service has been asked to wait for so long with. */
    Answer call(HttpRequest.Builder request, Duration wait) {
        return insist(request, Answer.Body::whole, USUAL.plus(wait), true);
    }

    /** Makes a call again only where it has not been carried out for sure. */
    Answer callOnce(HttpRequest.Builder request) {
        return insist(request, Answer.Body::whole, USUAL, false);
    }

    /** Makes a call whose answer is to be read while it comes; what breaks off then is not asked for again. */
    Answer open(HttpRequest.Builder request) {
        return insist(request, Answer.Body::streamed, USUAL, true);
    }

    private Answer insist(
            HttpRequest.Builder request,
            HttpResponse.BodyHandler<Answer.Body> handler,
            Duration limit,
            boolean isRepeatable) {
        Patience left = new Patience(patience, around.time(), around.random());
        String said = "";
        while (true) {
            String trouble;
            Optional<Duration> asked = Optional.empty();
            try {
                Answer answer = Answer.of(
                        exchange(request.build(), handler, limit), around.time().now());
                if (!answer.isTemporary() || !(isRepeatable || answer.didNothing())) {
                    return answer;
                }
                trouble = answer.describe();
                asked = answer.retryAfter();
            } catch (IOException broken) {
                trouble = describe(broken);
                if (!isRepeatable && !(broken instanceof ConnectException)) {
                    throw Failure.gaveUp(trouble + " Nobody knows whether it was carried out: see the status.");
                }
                if (broken instanceof SSLHandshakeException) {
                    throw Failure.gaveUp(trouble);
                }
            }
            String news = trouble
                    + asked.map(wait -> " It asks for %s.".formatted(Span.text(wait)))
                            .orElse(" Trying again for up to %s.".formatted(Span.text(patience)));
            if (!news.equals(said)) {
                display.say(news);
                said = news;
            }
            if (!asked.map(left::await).orElseGet(left::await)) {
                throw Failure.gaveUp("Gave up: longer than --patience %s.".formatted(Span.text(patience)));
            }
        }
    }

    private HttpResponse<Answer.Body> exchange(
            HttpRequest request, HttpResponse.BodyHandler<Answer.Body> handler, Duration limit) throws IOException {
        CompletableFuture<HttpResponse<Answer.Body>> answer = client.sendAsync(request, handler);
        try {
            // Not the timeout of the request, which ends with the head of its answer.
            return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException silent) {
            answer.cancel(true);
            throw new HttpTimeoutException("no answer within " + Span.text(limit));
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof IOException broken) {
                throw broken;
            }
            throw new IllegalStateException(failed.getCause());
        } catch (InterruptedException stopping) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }

    private String describe(IOException broken) {
        String reason = broken instanceof ConnectException
                ? "cannot be reached"
                : "did not answer (%s)".formatted(Plain.text(String.valueOf(broken.getMessage())));
        return "%s %s.".formatted(target.base(), reason);
    }
}
