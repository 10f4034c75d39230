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
        "fe80:0:0:0:1:2:3:4%eth0, fe80::/64",
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
        assertThat(PROXIED.raw(forged)).isEqualTo(IpAddress.parse(peer));
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
                "fe80::1%eth0                            | fe80::/64",
                "[fe80::1%eth0]:80                       | fe80::/64",
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
        assertThat(grouping.raw(FakeRequest.from("2001:db8:1:2ff::1")))
                .as("not grouped")
                .map(IpAddress::toString)
                .contains("2001:db8:1:2ff::1");
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
