package dev.batchgate.webhook;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketAddress;

/**
 * A socket that connects to no address that is not allowed. Here it is decided, and not where the name is looked up: whatever
 * names lead to by then, or a second time, this is the very address. Goes through no proxy, whatever the JVM is told.
 */
final class GuardedSocket extends Socket {

    private final AddressRule addresses;

    GuardedSocket(AddressRule addresses) {
        super(Proxy.NO_PROXY);
        this.addresses = addresses;
    }

    @Override
    public void connect(SocketAddress endpoint) throws IOException {
        connect(endpoint, 0);
    }

    @Override
    public void connect(SocketAddress endpoint, int timeout) throws IOException {
        if (!(endpoint instanceof InetSocketAddress address)
                || address.isUnresolved()
                || !addresses.allows(address.getAddress())) {
            throw new Forbidden();
        }
        super.connect(endpoint, timeout);
    }

    /** The refusal to connect. */
    static final class Forbidden extends IOException {
        private static final long serialVersionUID = 1;

        Forbidden() {
            super("the host has no address that may be sent to");
        }
    }
}
