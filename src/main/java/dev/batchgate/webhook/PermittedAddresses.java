package dev.batchgate.webhook;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import org.apache.hc.client5.http.DnsResolver;

/** The addresses of a host that may be sent to, and no more than a few of them. Any thread may enter. */
final class PermittedAddresses implements DnsResolver {

    private static final int MOST = 3;

    private final DnsResolver names;
    private final AddressRule addresses;

    PermittedAddresses(DnsResolver names, AddressRule addresses) {
        this.names = names;
        this.addresses = addresses;
    }

    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
        InetAddress[] permitted = Arrays.stream(names.resolve(host))
                .filter(addresses::allows)
                .limit(MOST)
                .toArray(InetAddress[]::new);
        if (permitted.length == 0) {
            throw new UnknownHostException("none that may be sent to");
        }
        return permitted;
    }

    @Override
    public String resolveCanonicalHostname(String host) {
        return host;
    }
}
