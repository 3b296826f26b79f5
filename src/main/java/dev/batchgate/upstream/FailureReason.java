package dev.batchgate.upstream;

import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import javax.net.ssl.SSLException;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.http.ProtocolException;

/** What an exception of the HTTP client means, in words for the caller; without the URL, which may hold secrets. */
final class FailureReason {

    private FailureReason() {}

    static String of(Exception thrown) {
        Throwable broken =
                thrown instanceof UncheckedIOException && thrown.getCause() != null ? thrown.getCause() : thrown;
        if (broken instanceof UnknownHostException) {
            return "the upstream's host name cannot be resolved";
        }
        if (broken instanceof SocketTimeoutException) {
            return "the upstream did not answer in time";
        }
        if (broken instanceof ConnectException) {
            return "no connection to the upstream (refused or unreachable)";
        }
        if (broken instanceof SSLException) {
            return "TLS failed: " + broken.getMessage();
        }
        if (broken instanceof NoHttpResponseException
                || broken instanceof ConnectionClosedException
                || broken instanceof SocketException) {
            return "the upstream broke the connection before its answer was complete";
        }
        if (broken instanceof ProtocolException || broken.getCause() instanceof ProtocolException) {
            return "the upstream's answer is not valid HTTP";
        }
        return broken.getClass().getSimpleName() + ": " + broken.getMessage();
    }
}
