package dev.batchgate.upstream;

import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import javax.net.ssl.SSLException;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.http.ProtocolException;
import org.jspecify.annotations.Nullable;

/**
 * What a failure means, in words for the caller: short, and without the URL and the headers, which may hold secrets. So
 * of messages from elsewhere only those of TLS are passed on, which knows neither.
 */
final class FailureReason {

    private static final int MOST_NAMED = 5;
    private static final int LONGEST_MESSAGE = 200;

    private FailureReason() {}

    /** The first few of the parts and how many more there are. */
    static String few(List<String> parts, String separator) {
        String named = parts.stream().limit(MOST_NAMED).collect(Collectors.joining(separator));
        int more = parts.size() - MOST_NAMED;
        return more <= 0 ? named : String.format(Locale.ROOT, "%s … and %,d more", named, more);
    }

    static String of(Throwable thrown) {
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
            return "TLS failed: " + printable(broken.getMessage());
        }
        if (broken instanceof NoHttpResponseException
                || broken instanceof ConnectionClosedException
                || broken instanceof SocketException) {
            return "the upstream broke the connection before its answer was complete";
        }
        if (broken instanceof ProtocolException || broken.getCause() instanceof ProtocolException) {
            return "the upstream's answer is not valid HTTP";
        }
        return broken.getClass().getSimpleName();
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
