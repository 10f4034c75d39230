package io.ratelimit.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientAddressTest {
    private static final String PROXY = "10.0.0.1";
    private static final ClientAddress DIRECT = new ClientAddress(ClientAddressSettings.defaults());
    private static final ClientAddress PROXIED = trusting("10.0.0.0/8", "2001:db8:ffff::/48");

    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, 192.0.2.1",
        "::ffff:192.0.2.1, 192.0.2.1",
        "0:0:0:0:0:ffff:c000:201, 192.0.2.1",
        "2001:db8:1:2:3:4:5:6, 2001:db8:1:2::/64",
        "2001:DB8:1:2::, 2001:db8:1:2::/64",
        "[2001:db8:1:2::9], 2001:db8:1:2::/64",
        "0:0:0:0:0:0:0:1, ::/64",
        "fe80:0:0:0:1:2:3:4%eth0, fe80::1:2:3:4",
        "'', unknown",
        "unix:, unknown",
        "localhost, unknown",
        "0177.0.0.1, unknown",
        "'192.0.2.1, 192.0.2.2', unknown",
    })
    void countsThePeerWhenNoProxyIsTrusted(String peer, String counted) {
        assertThat(DIRECT.of(FakeRequest.from(peer).forwardedFor("203.0.113.7")))
                .isEqualTo(counted);
    }

    /** The mistake of CVE-2025-41235: forwarded headers believed of anybody. */
    @ParameterizedTest
    @ValueSource(strings = {"192.0.2.1", "11.0.0.1", "9.255.255.255", "2001:db8:fffe::1", "", "unknown"})
    void looksAtNoHeaderOfAPeerThatIsNotTrusted(String peer) {
        FakeRequest forged = FakeRequest.from(peer)
                .forwardedFor("203.0.113.7", "10.0.0.2")
                .header("Forwarded", "for=203.0.113.7")
                .header("X-Real-IP", "203.0.113.7");
        assertThat(PROXIED.of(forged)).isEqualTo(PROXIED.of(FakeRequest.from(peer)));
        assertThat(PROXIED.find(forged))
                .isEqualTo(IpAddress.parse(peer)
                        .map(address -> new ClientHop(address, true))
                        .orElse(null));
    }

    /** The mistake of CVE-2026-30827: all IPv4 clients of a dual-stack socket share the block of ::ffff:0:0. */
    @Test
    void countsIpv4MappedClientsApart() {
        assertThat(DIRECT.of(FakeRequest.from("::ffff:192.0.2.1")))
                .isNotEqualTo(DIRECT.of(FakeRequest.from("::ffff:198.51.100.1")))
                .isEqualTo(DIRECT.of(FakeRequest.from("192.0.2.1")));
        assertThat(PROXIED.of(FakeRequest.from("::ffff:10.0.0.1").forwardedFor("::ffff:192.0.2.1")))
                .isEqualTo("192.0.2.1");
    }

    @ParameterizedTest
    @CsvSource({
        "64:ff9b::192.0.2.33, 192.0.2.33",
        "64:ff9b::c000:222, 192.0.2.34",
        "64:ff9b::255.255.255.255, 255.255.255.255",
        "64:ff9b:1::192.0.2.33, 192.0.2.33",
        "64:ff9b:1:c000:2:2100::, 192.0.2.33",
        "64:ff9b:1:c633:64:700::, 198.51.100.7",
        "64:ff9b:1:abc0:0:221::, 192.0.2.33",
        "64:ff9b:1:abcd:c0:2:2100:0, 192.0.2.33",
        "64:ff9b:1:abcd:0:9:c000:221, 192.0.2.33",
        "::ffff:0:192.0.2.33, 192.0.2.33",
        "::ffff:0:c000:221, 192.0.2.33",
        "::192.0.2.33, 192.0.2.33",
        "::2, 0.0.0.2",
        "2001:0:4136:e378:8000:63bf:3fff:fdde, 192.0.2.33",
        "2001:0:1:2:3:4:39cc:9bf8, 198.51.100.7",
        "2002:c000:221::1, 192.0.2.33",
        "2002:c000:221:ffff:1:2:3:4, 192.0.2.33",
        "2002:c633:6407:1::, 198.51.100.7",
        "64:ff9b::10.0.0.1, 10.0.0.1",
        "[64:ff9b::192.0.2.33], 192.0.2.33",
    })
    void countsAnAddressThatCarriesAnIpv4AddressAsThat(String peer, String counted) {
        assertThat(DIRECT.of(FakeRequest.from(peer))).isEqualTo(counted);
        assertThat(PROXIED.of(FakeRequest.from(PROXY).forwardedFor("203.0.113.7, " + peer)))
                .isEqualTo(counted);
        assertThat(DIRECT.grouped(peer)).isEqualTo(counted);
    }

    @ParameterizedTest
    @CsvSource({
        "::, ::/64",
        "::1, ::/64",
        "64:ff9b::1:0:0, 64:ff9b::/64",
        "64:ff9b:0:1::192.0.2.33, 64:ff9b:0:1::/64",
        "64:ff9b:2::192.0.2.33, 64:ff9b:2::/64",
        "64:ff9a::192.0.2.33, 64:ff9a::/64",
        "::fffe:0:192.0.2.33, ::/64",
        "::1:192.0.2.33, ::/64",
        "2001:1::c000:221, 2001:1::/64",
        "2003:c000:221::1, 2003:c000:221::/64",
    })
    void leavesItsNeighboursAsTheyAre(String peer, String counted) {
        assertThat(DIRECT.of(FakeRequest.from(peer))).isEqualTo(counted);
    }

    @ParameterizedTest
    @CsvSource({
        "fe80::1, fe80::1",
        "febf:ffff::1, febf:ffff::1",
        "fc00::1, fc00::1",
        "fd12:3456:789a:1::7, fd12:3456:789a:1::7",
        "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "fec0::1, fec0::/64",
        "fe7f::1, fe7f::/64",
        "fbff::1, fbff::/64",
        "fe00::1, fe00::/64",
    })
    void countsLinkLocalAndUniqueLocalAddressesWhole(String peer, String counted) {
        assertThat(DIRECT.of(FakeRequest.from(peer))).isEqualTo(counted);
    }

    @Test
    void groupsWhatIsCarriedByThePrefixForIpv4() {
        ClientAddress grouping =
                new ClientAddress(new ClientAddressSettings(AddressBlocks.none(), "X-Forwarded-For", 24, 48));

        assertThat(grouping.of(FakeRequest.from("64:ff9b::192.0.2.33"))).isEqualTo("192.0.2.0/24");
        assertThat(grouping.of(FakeRequest.from("2002:c000:221::1"))).isEqualTo("192.0.2.0/24");
        assertThat(grouping.of(FakeRequest.from("fd12:3456:789a:1::7"))).isEqualTo("fd12:3456:789a:1::7");
    }

    /** Whoever can have an IPv6 address that carries a proxy's would else choose for whom it speaks. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "64:ff9b::10.0.0.1",
                "64:ff9b:1::10.0.0.1",
                "64:ff9b:1:a00:0:100::",
                "::ffff:0:10.0.0.1",
                "::10.0.0.1",
                "2001:0:1:2:3:4:f5ff:fffe",
                "2002:a00:1::1",
            })
    void trustsNoPeerForTheAddressThatItCarries(String peer) {
        assertThat(PROXIED.of(FakeRequest.from(peer).forwardedFor("203.0.113.7")))
                .isEqualTo("10.0.0.1");
        assertThat(PROXIED.of(FakeRequest.from(PROXY).forwardedFor("203.0.113.7, " + peer)))
                .as("nor an element of the header")
                .isEqualTo("10.0.0.1");
    }

    @Test
    void trustsAProxyBehindATranslatorThatIsListedAsItIs() {
        ClientAddress behindTranslator = trusting("64:ff9b::10.0.0.1");

        assertThat(behindTranslator.of(FakeRequest.from("64:ff9b::10.0.0.1").forwardedFor("203.0.113.7")))
                .isEqualTo("203.0.113.7");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "203.0.113.7                             | 203.0.113.7",
                "198.51.100.9, 203.0.113.7               | 203.0.113.7",
                "1.1.1.1, 2.2.2.2, 203.0.113.7           | 203.0.113.7",
                "10.9.9.9, 203.0.113.7                   | 203.0.113.7",
                "198.51.100.9, 203.0.113.7, 10.0.0.2     | 203.0.113.7",
                "9.9.9.9, 203.0.113.7, 10.0.0.3, 10.0.0.2 | 203.0.113.7",
                "203.0.113.7,10.0.0.2                    | 203.0.113.7",
                "203.0.113.7\t,  \t10.0.0.2              | 203.0.113.7",
                "10.0.0.4, 10.0.0.3, 10.0.0.2            | 10.0.0.4",
                "10.0.0.4                                | 10.0.0.4",
                "2001:db8:ffff::1, 10.0.0.2              | 2001:db8:ffff::/64",
                "203.0.113.7, 2001:db8:ffff::1, 10.0.0.2 | 203.0.113.7",
                "203.0.113.7, ::ffff:10.0.0.2            | 203.0.113.7",
                "203.0.113.7:51234                       | 203.0.113.7",
                "203.0.113.7, 10.0.0.2:443               | 203.0.113.7",
                "[2001:db8:1:2::9]                       | 2001:db8:1:2::/64",
                "[2001:db8:1:2::9]:443                   | 2001:db8:1:2::/64",
                "2001:db8:1:2::9                         | 2001:db8:1:2::/64",
                "2001:0DB8:0001:0002:0:0:0:0009          | 2001:db8:1:2::/64",
                "fe80::1%eth0                            | fe80::1",
                "[fe80::1%eth0]:80                       | fe80::1",
                "203.0.113.7,                            | 203.0.113.7",
                ",,203.0.113.7,, ,                       | 203.0.113.7",
                "198.51.100.9,,203.0.113.7,,10.0.0.2     | 203.0.113.7",
            })
    void countsTheRightmostAddressThatIsNotTrusted(String header, String counted) {
        assertThat(PROXIED.of(FakeRequest.from(PROXY).forwardedFor(header))).isEqualTo(counted);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "unknown",
                "_hidden",
                "localhost",
                "example.com",
                "0313.0.113.7",
                "0xcb.0.113.7",
                "0xcb007107",
                "3405803783",
                "203.0.113",
                "203.0.113.007",
                "203.0.113.7:",
                "203.0.113.7:80:80",
                "203.0.113.7:http",
                "203.0.113.7:123456",
                "203.0.113.7 203.0.113.8",
                "[203.0.113.7]",
                "[2001:db8::1",
                "2001:db8::1]",
                "[2001:db8::1]443",
                "[2001:db8::1]:",
                "[]",
                "[",
                "[[2001:db8::1]]",
                "\"203.0.113.7\"",
                "'203.0.113.7'",
                "for=203.0.113.7",
                "unix:/run/socket",
                "203.0.113.7\u0000",
                "203.0.113.7\u00a0",
                "\uff12\uff10\uff13.0.113.7",
                "203.0.113.7/32",
                "${jndi:ldap://203.0.113.7}",
                "203.0.113.7;203.0.113.8",
                "*",
                "-",
            })
    void countsTheHopThatWroteAnUnreadableElement(String element) {
        String forged = "198.51.100.9, " + element;
        assertThat(PROXIED.of(FakeRequest.from(PROXY).forwardedFor(forged)))
                .as("written by the peer")
                .isEqualTo(PROXY);
        assertThat(PROXIED.of(FakeRequest.from(PROXY).forwardedFor(forged + ", 10.0.0.2")))
                .as("written by the proxy before the peer")
                .isEqualTo("10.0.0.2");
        assertThat(PROXIED.of(FakeRequest.from(PROXY).forwardedFor(element + ", 203.0.113.9, 10.0.0.2")))
                .as("written by nobody who is trusted")
                .isEqualTo("203.0.113.9");
    }

    @Test
    void takesSeveralLinesAsOneListInOrder() {
        assertThat(PROXIED.of(FakeRequest.from(PROXY).forwardedFor("198.51.100.9", "203.0.113.7")))
                .isEqualTo("203.0.113.7");
        assertThat(PROXIED.of(FakeRequest.from(PROXY).forwardedFor("198.51.100.9, 203.0.113.7", "10.0.0.3, 10.0.0.2")))
                .isEqualTo("203.0.113.7");
        assertThat(PROXIED.of(FakeRequest.from(PROXY).forwardedFor("203.0.113.7", "", " , ")))
                .isEqualTo("203.0.113.7");
        assertThat(PROXIED.of(FakeRequest.from(PROXY).forwardedFor("198.51.100.9", "unknown", "10.0.0.2")))
                .isEqualTo("10.0.0.2");
    }

    /** A client can make some proxies strip the header (CVE-2024-45410); that buys the quota of the proxy, which is shared. */
    @Test
    void countsTheProxyWhereItNamesNobody() {
        assertThat(PROXIED.of(FakeRequest.from(PROXY))).isEqualTo(PROXY);
        assertThat(PROXIED.of(FakeRequest.from(PROXY).forwardedFor(""))).isEqualTo(PROXY);
        assertThat(PROXIED.of(FakeRequest.from(PROXY).forwardedFor(" , ,,"))).isEqualTo(PROXY);
    }

    @Test
    void looksAtTheConfiguredHeaderOnly() {
        FakeRequest request = FakeRequest.from(PROXY)
                .header("Forwarded", "for=198.51.100.1")
                .header("X-Real-IP", "198.51.100.2")
                .header("CF-Connecting-IP", "198.51.100.3")
                .header("True-Client-IP", "198.51.100.4")
                .header("X-Client-IP", "198.51.100.5")
                .header("X-Original-Forwarded-For", "198.51.100.6");
        assertThat(PROXIED.of(request)).isEqualTo(PROXY);
        assertThat(PROXIED.of(request.forwardedFor("203.0.113.7"))).isEqualTo("203.0.113.7");
        ClientAddress cloudflare =
                new ClientAddress(new ClientAddressSettings(blocks("10.0.0.0/8"), "CF-Connecting-IP", 32, 64));
        assertThat(cloudflare.of(request)).isEqualTo("198.51.100.3");
    }

    @Test
    void stopsReadingAtTheFirstAddressThatIsNotTrusted() {
        String thousand = String.join(", ", Collections.nCopies(1_000, "198.51.100.9"));
        assertThat(PROXIED.of(FakeRequest.from(PROXY).forwardedFor(thousand + ", 203.0.113.7, 10.0.0.2")))
                .isEqualTo("203.0.113.7");
        String[] lines = new String[1_000];
        Arrays.fill(lines, "198.51.100.9");
        assertThat(PROXIED.of(FakeRequest.from(PROXY).forwardedFor(lines).forwardedFor("203.0.113.7")))
                .isEqualTo("203.0.113.7");
    }

    @Test
    void countsTheHopReachedWhenTheChainOfTrustedProxiesIsTooLong() {
        String longest = String.join(",", Collections.nCopies(ClientAddress.MOST_ELEMENTS - 1, "10.0.0.2"));
        assertThat(PROXIED.of(FakeRequest.from(PROXY).forwardedFor("203.0.113.7," + longest)))
                .isEqualTo("203.0.113.7");
        assertThat(PROXIED.of(FakeRequest.from(PROXY).forwardedFor("203.0.113.7,10.0.0.3," + longest)))
                .isEqualTo("10.0.0.3");
        String thousand = String.join(", ", Collections.nCopies(1_000, "10.0.0.2"));
        assertThat(PROXIED.of(FakeRequest.from(PROXY).forwardedFor("203.0.113.7, " + thousand)))
                .isEqualTo("10.0.0.2");
        assertThat(PROXIED.of(FakeRequest.from(PROXY).forwardedFor("203.0.113.7" + ",".repeat(1_000))))
                .isEqualTo(PROXY);
    }

    @Test
    void readsHugeHeadersInBoundedTime() {
        List<String> huge = List.of(
                "1".repeat(10_000_000),
                " ".repeat(10_000_000),
                ",".repeat(10_000_000),
                "10.0.0.2,".repeat(1_000_000),
                "\"".repeat(10_000_000),
                "\\".repeat(10_000_000) + "\"",
                "for=10.0.0.2,".repeat(1_000_000));
        ClientAddress rfc7239 = new ClientAddress(new ClientAddressSettings(blocks("10.0.0.0/8"), "Forwarded", 32, 64));
        long start = System.nanoTime();
        for (String header : huge) {
            for (int i = 0; i < 100; i++) {
                assertThat(PROXIED.of(FakeRequest.from(PROXY).forwardedFor(header)))
                        .startsWith("10.0.0.");
                assertThat(rfc7239.of(FakeRequest.from(PROXY).header("Forwarded", header)))
                        .startsWith("10.0.0.");
            }
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .as("1,400 headers of 10 MB, of which the last few KB are read")
                .isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void groupsByThePrefixes() {
        ClientAddress grouping =
                new ClientAddress(new ClientAddressSettings(AddressBlocks.none(), "X-Forwarded-For", 24, 56));
        assertThat(grouping.of(FakeRequest.from("192.0.2.77"))).isEqualTo("192.0.2.0/24");
        assertThat(grouping.of(FakeRequest.from("2001:db8:1:2ff::1"))).isEqualTo("2001:db8:1:200::/56");
        ClientAddress single =
                new ClientAddress(new ClientAddressSettings(AddressBlocks.none(), "X-Forwarded-For", 32, 128));
        assertThat(single.of(FakeRequest.from("2001:db8::1"))).isEqualTo("2001:db8::1");
    }

    @Test
    void refusesSettingsOutOfRange() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ClientAddressSettings(AddressBlocks.none(), "X-Forwarded-For", 0, 64))
                .withMessage("ipv4-prefix: 0 (expected: a whole number from 1 to 32)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ClientAddressSettings(AddressBlocks.none(), "X-Forwarded-For", 32, 129))
                .withMessage("ipv6-prefix: 129 (expected: a whole number from 1 to 128)");
        for (String header : List.of("", "X-A, X-B", "X-A:", "X\r\nY", "X Y")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new ClientAddressSettings(AddressBlocks.none(), header, 32, 64))
                    .withMessageStartingWith("forwarded-header: \"")
                    .withMessageEndingWith("(expected: the name of one header, such as X-Forwarded-For)");
        }
    }

    private static ClientAddress trusting(String... proxies) {
        return new ClientAddress(ClientAddressSettings.trusting(blocks(proxies)));
    }

    private static AddressBlocks blocks(String... blocks) {
        return AddressBlocks.parse("trusted-proxies", List.of(blocks));
    }
}
