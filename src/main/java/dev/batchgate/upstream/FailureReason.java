package dev.batchgate.upstream;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import javax.net.ssl.SSLException;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.MalformedChunkCodingException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.http.TruncatedChunkException;
import org.jspecify.annotations.Nullable;

/**
 * What a failure means, in words for the caller: short, and without the URL and the headers, which may hold secrets. So
 * of messages from elsewhere only those of TLS are passed on, which knows neither.
 */
final class FailureReason {

    private static final int LONGEST_MESSAGE = 200;

    private FailureReason() {}

    /** @param connected whether there had been a connection before */
    static String of(Throwable thrown, boolean connected) {
        Throwable broken =
                thrown instanceof UncheckedIOException && thrown.getCause() != null ? thrown.getCause() : thrown;
        if (broken instanceof UnknownHostException) {
            return "the upstream's host name cannot be resolved";
        }
        if (broken instanceof SocketTimeoutException) {
            return "the upstream did not answer in time";
        }
        if (broken instanceof SSLException) {
            return "TLS failed: " + printable(broken.getMessage());
        }
        if (broken instanceof ConnectException || (broken instanceof SocketException && !connected)) {
            return "no connection to the upstream (refused or unreachable)";
        }
        if (broken instanceof NoHttpResponseException
                || broken instanceof ConnectionClosedException
                || broken instanceof TruncatedChunkException
                || broken instanceof SocketException) {
            return "the upstream broke the connection before its answer was complete";
        }
        if (isNotHttp(broken) || isNotHttp(broken.getCause())) {
            return "the upstream's answer is not valid HTTP";
        }
        String name = broken.getClass().getSimpleName();
        return broken instanceof IOException ? name : "Batchgate itself failed: " + name;
    }

    private static boolean isNotHttp(@Nullable Throwable broken) {
        return broken instanceof ProtocolException
                || broken instanceof MessageConstraintException
                || broken instanceof MalformedChunkCodingException;
    }

    /** By code point, since half a character cannot be written as JSON. */
    private static String printable(@Nullable String message) {
        String line = String.valueOf(message).replaceAll("[\\p{C}\\p{Zl}\\p{Zp}]+", " ");
        return line.codePoints()
                .limit(LONGEST_MESSAGE)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
