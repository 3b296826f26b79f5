package dev.batchgate.upstream;

import java.net.URI;
import java.net.URISyntaxException;
import org.apache.hc.client5.http.impl.DefaultRedirectStrategy;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.client5.http.protocol.RedirectLocations;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.http.protocol.HttpContext;

/**
 * Redirects that stay with the host which the configured headers are for, secrets and all, and that come to an end.
 * What it does not follow is an answer like any other. Keeps no state.
 */
final class SameHostRedirects extends DefaultRedirectStrategy {

    /** So many in a row are followed. */
    static final int MOST = 5;

    @Override
    public boolean isRedirected(HttpRequest first, HttpResponse answer, HttpContext context) throws ProtocolException {
        return super.isRedirected(first, answer, context) && leadsOn(first, answer, HttpClientContext.cast(context));
    }

    /** Left as it is: the client takes a location without a path, a query alone, for one with the path "/". */
    @Override
    protected URI createLocationURI(String location) throws ProtocolException {
        try {
            return new URI(location);
        } catch (URISyntaxException invalid) {
            throw new ProtocolException("not a location", invalid);
        }
    }

    private boolean leadsOn(HttpRequest first, HttpResponse answer, HttpClientContext context) {
        try {
            URI location = getLocationURI(context.getRequest(), answer, context);
            RedirectLocations been = context.getRedirectLocations();
            return been.size() < MOST
                    && !been.contains(location)
                    && !location.equals(first.getUri())
                    && isSameHost(location, first.getUri());
        } catch (HttpException | URISyntaxException | RuntimeException nowhere) {
            return false;
        }
    }

    private static boolean isSameHost(URI location, URI first) {
        return first.getScheme().equalsIgnoreCase(location.getScheme())
                && first.getHost().equalsIgnoreCase(location.getHost())
                && port(first) == port(location)
                && location.getRawUserInfo() == null;
    }

    private static int port(URI uri) {
        int unnamed = uri.getScheme().equalsIgnoreCase("https") ? 443 : 80;
        return uri.getPort() < 0 ? unnamed : uri.getPort();
    }
}
