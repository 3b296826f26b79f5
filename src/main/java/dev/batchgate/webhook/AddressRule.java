package dev.batchgate.webhook;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Which addresses anything may be sent to: else whoever may hand in ids could have Batchgate knock at doors that are open
 * to it alone. After the registries of special-purpose addresses (RFC 6890).
 */
final class AddressRule {

    private static final List<Network> SPECIAL = Stream.of(
                    "0.0.0.0/8", // this host
                    "10.0.0.0/8", // private
                    "100.64.0.0/10", // behind a carrier's NAT
                    "127.0.0.0/8", // loopback
                    "169.254.0.0/16", // link-local, where clouds keep their metadata
                    "168.63.129.16/32", // what Azure keeps for its machines alone
                    "172.16.0.0/12", // private
                    "192.0.0.0/24", // protocols
                    "192.0.2.0/24", // documentation
                    "192.88.99.0/24", // relays to 6to4
                    "192.168.0.0/16", // private
                    "198.18.0.0/15", // benchmarks
                    "198.51.100.0/24", // documentation
                    "203.0.113.0/24", // documentation
                    "224.0.0.0/4", // multicast
                    "240.0.0.0/4", // reserved, and broadcast
                    "2001::/23", // protocols, Teredo among them, which wraps an IPv4 address
                    "2001:db8::/32", // documentation
                    "2002::/16", // 6to4, which wraps an IPv4 address
                    "3fff::/20") // documentation
            .map(Network::parse)
            .toList();

    /** Where all else of IPv6 is special: loopback, mapped and compatible IPv4, unique local, link-local, multicast. */
    private static final Network GLOBAL = Network.parse("2000::/3");

    /** IPv4 as hosts see it that have IPv6 alone (NAT64). */
    private static final Network NAT64 = Network.parse("64:ff9b::/96");

    private final boolean all;
    private final List<Network> allowed;
    private final Predicate<InetAddress> isOurs;

    AddressRule(WebhookProperties properties) {
        this(properties, AddressRule::isOfThisMachine);
    }

    /** @param isOurs whether an address is one of this machine, which no firewall stands before when it is called from here */
    AddressRule(WebhookProperties properties, Predicate<InetAddress> isOurs) {
        this.isOurs = isOurs;
        this.all = properties.allowPrivateAddresses();
        this.allowed = properties.allowedNetworks().stream().map(Network::parse).toList();
    }

    boolean allows(InetAddress address) {
        return all
                || allowed.stream().anyMatch(network -> network.contains(address))
                || (isPublic(address) && !isOurs.test(address));
    }

    private static boolean isOfThisMachine(InetAddress address) {
        try {
            return NetworkInterface.getByInetAddress(address) != null;
        } catch (SocketException unknown) {
            return true;
        }
    }

    private static boolean isPublic(InetAddress address) {
        if (NAT64.contains(address)) {
            return isPublic(wrapped(address));
        }
        return (address instanceof Inet4Address || GLOBAL.contains(address))
                && SPECIAL.stream().noneMatch(network -> network.contains(address));
    }

    private static InetAddress wrapped(InetAddress address) {
        try {
            return InetAddress.getByAddress(Arrays.copyOfRange(address.getAddress(), 12, 16));
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
