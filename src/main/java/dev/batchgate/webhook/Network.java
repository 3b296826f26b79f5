package dev.batchgate.webhook;

import dev.batchgate.ingestion.StartRefused;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/**
 * A range of addresses: those that begin with the same bits.
 *
 * @param bits how many of them count
 */
record Network(InetAddress first, int bits) {

    private static final Pattern FORM =
            Pattern.compile("([0-9]{1,3}(?:\\.[0-9]{1,3}){3}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*)/([0-9]{1,3})");

    /** Written {@code 10.0.0.0/8} or {@code fd00::/8}; throws {@link StartRefused} where it is not. */
    static Network parse(String text) {
        var parts = FORM.matcher(text.strip());
        try {
            if (parts.matches()) {
                // No name is ever looked up: what has this form is an address, or malformed.
                Network network = new Network(InetAddress.getByName(parts.group(1)), Integer.parseInt(parts.group(2)));
                if (network.bits <= 8 * network.first.getAddress().length && network.endsThere()) {
                    return network;
                }
            }
        } catch (UnknownHostException malformed) {
            // As below.
        }
        throw new StartRefused(
                "One of batchgate.webhook.allowed-networks, %s, is not a network.".formatted(text),
                "Write each as an address and a number of bits, such as 10.1.0.0/16 or fd12:3456::/32.");
    }

    /** Whether none of the bits is set that do not count; else another network may have been meant. */
    private boolean endsThere() {
        byte[] bytes = first.getAddress();
        for (int bit = bits; bit < 8 * bytes.length; bit++) {
            if ((bytes[bit / 8] & 0x80 >> bit % 8) != 0) {
                return false;
            }
        }
        return true;
    }

    boolean contains(InetAddress address) {
        byte[] ours = first.getAddress();
        byte[] theirs = address.getAddress();
        if (ours.length != theirs.length) {
            return false;
        }
        for (int bit = 0; bit < bits; bit++) {
            int mask = 0x80 >> bit % 8;
            if ((ours[bit / 8] & mask) != (theirs[bit / 8] & mask)) {
                return false;
            }
        }
        return true;
    }
}
