package dev.batchgate.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.batchgate.ingestion.StartRefused;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressRuleTests {

    private final AddressRule rule = new AddressRule(Webhooks.properties());

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "0.1.2.3",
                "10.0.0.1",
                "100.64.0.1",
                "100.127.255.255",
                "127.0.0.1",
                "127.8.9.1",
                "169.254.169.254",
                "172.16.0.1",
                "172.31.255.255",
                "192.0.0.8",
                "192.168.1.1",
                "198.18.0.1",
                "198.19.255.255",
                "192.0.2.1",
                "198.51.100.1",
                "203.0.113.1",
                "192.88.99.1",
                "224.0.0.1",
                "239.255.255.255",
                "240.0.0.1",
                "255.255.255.255",
                "::",
                "::1",
                "::ffff:127.0.0.1",
                "::ffff:8.8.8.8%0",
                "::127.0.0.1",
                "::8.8.8.8",
                "fe80::1",
                "fec0::1",
                "fc00::1",
                "fd00:ec2::254",
                "ff02::1",
                "2001::1",
                "2001:db8::1",
                "2002:7f00:1::",
                "2002:808:808::",
                "3fff::1",
                "100::1",
                "64:ff9b::7f00:1",
                "64:ff9b::a9fe:a9fe",
                "64:ff9b::a00:1",
                "64:ff9b:1::808:808",
                "4000::1"
            })
    void nothingIsSentToASpecialAddress(String address) throws Exception {
        String plain = address.replace("%0", "");
        // Mapped addresses are IPv4 to Java already.
        boolean isPublicIpv4 = plain.equals("::ffff:8.8.8.8");
        assertThat(rule.allows(Webhooks.address(plain))).isEqualTo(isPublicIpv4);
        assertThat(new AddressRule(Webhooks.properties("allow-private-addresses=true")).allows(Webhooks.address(plain)))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "8.8.8.8",
                "1.1.1.1",
                "9.255.255.255",
                "11.0.0.0",
                "100.63.255.255",
                "100.128.0.0",
                "172.15.0.1",
                "172.32.0.0",
                "192.167.0.1",
                "198.20.0.0",
                "223.255.255.255",
                "2606:4700::1111",
                "2a00:1450::1",
                "2001:200::1",
                "64:ff9b::808:808"
            })
    void anythingMayBeSentWhereTheWholeInternetIs(String address) throws Exception {
        assertThat(rule.allows(Webhooks.address(address))).isTrue();
    }

    @Test
    void networksThatAreAllowedAreAllowedAndNoOthers() throws Exception {
        AddressRule some = new AddressRule(Webhooks.properties("allowed-networks=10.1.0.0/20, fd12:3456::/32"));

        assertThat(some.allows(Webhooks.address("10.1.15.255"))).isTrue();
        assertThat(some.allows(Webhooks.address("fd12:3456:1::1"))).isTrue();
        assertThat(some.allows(Webhooks.address("10.1.16.0"))).isFalse();
        assertThat(some.allows(Webhooks.address("fd12:3457::1"))).isFalse();
        assertThat(some.allows(Webhooks.address("8.8.8.8"))).isTrue();
        assertThat(some.allows(Webhooks.address("169.254.169.254"))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.0", "10.0.0.0/33", "fd00::/129", "example.com/8", "10.0.0/x", "1.2.3.4.5/8", "/8"})
    void whatIsNoNetworkEndsTheStart(String network) {
        WebhookProperties properties = Webhooks.properties("allowed-networks=" + network);
        assertThatThrownBy(() -> new AddressRule(properties)).isInstanceOf(StartRefused.class);
    }

    @Test
    void whatIsThisMachinesOwnIsNotPublicToItself() throws Exception {
        AddressRule here = new AddressRule(
                Webhooks.properties(), address -> address.getHostAddress().equals("8.8.8.8"));

        assertThat(here.allows(InetAddress.getByName("8.8.8.8"))).isFalse();
        assertThat(here.allows(InetAddress.getByName("8.8.4.4"))).isTrue();
        assertThat(here.allows(InetAddress.getByName("168.63.129.16"))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"10/8", "192.168/16", "10.1/16", "10.1.0.0/8", "fd00::1/8"})
    void networksThatMayMeanAnotherAreRefused(String network) {
        assertThatThrownBy(() -> Network.parse(network)).isInstanceOf(StartRefused.class);
    }
}
