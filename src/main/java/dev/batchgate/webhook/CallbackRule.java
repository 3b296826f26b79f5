package dev.batchgate.webhook;

import dev.batchgate.ingestion.Callbacks;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a callback URL must be like. Where a name leads is not looked up, since it may lead elsewhere when it counts; an
 * address that nothing is sent to is refused at once, so that whoever wrote it learns of it.
 */
final class CallbackRule implements Callbacks {

    private static final int LONGEST = 2048;
    private static final Pattern SCHEME = Pattern.compile("https?", Pattern.CASE_INSENSITIVE);

    /** What some take for an address that ends in a number, in whatever base; and the one form that all agree about. */
    private static final Pattern NUMBER = Pattern.compile("(.*\\.)?([0-9]+|0[xX][0-9a-fA-F]*)\\.?");

    private static final Pattern IPV4 = Pattern.compile("(0|[1-9][0-9]{0,2})(\\.(0|[1-9][0-9]{0,2})){3}");

    private final boolean configured;
    private final AddressRule addresses;

    CallbackRule(Signer signer, AddressRule addresses) {
        this.configured = signer.isConfigured();
        this.addresses = addresses;
    }

    @Override
    public Optional<String> objection(String url) {
        if (!configured) {
            return Optional.of("must be left out: no webhook secret is configured, so nothing could be signed");
        }
        if (url.length() > LONGEST) {
            return Optional.of("must have at most %d characters".formatted(LONGEST));
        }
        if (url.chars().anyMatch(character -> character <= ' ' || character > '~')) {
            return Optional.of("must be printable ASCII, the rest of it percent-encoded");
        }
        try {
            return objection(new URI(url));
        } catch (URISyntaxException malformed) {
            return Optional.of("must be a URL such as \"https://example.com/hook\"");
        }
    }

    private Optional<String> objection(URI url) {
        if (url.getScheme() == null || !SCHEME.matcher(url.getScheme()).matches()) {
            return Optional.of("must begin with https:// or http://");
        }
        if (url.getRawUserInfo() != null
                || String.valueOf(url.getRawAuthority()).contains("@")) {
            return Optional.of("must not have a user or a password in it");
        }
        if (url.getRawFragment() != null) {
            return Optional.of("must not have a fragment");
        }
        if (url.getHost() == null || url.getPort() == 0 || url.getPort() > 65_535) {
            return Optional.of("must name a host, and a port from 1 to 65535 if any");
        }
        return isForbidden(url.getHost())
                ? Optional.of("must not lead to a private or otherwise special address")
                : Optional.empty();
    }

    private boolean isForbidden(String host) {
        try {
            if (host.startsWith("[") || IPV4.matcher(host).matches()) {
                // Looks nothing up: it is an address.
                return !addresses.allows(InetAddress.getByName(host));
            }
            return NUMBER.matcher(host).matches();
        } catch (UnknownHostException malformed) {
            return true;
        }
    }
}
