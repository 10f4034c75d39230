package io.ratelimit.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpAddressTest {
    @ParameterizedTest
    @CsvSource({
        "0.0.0.0, 0.0.0.0",
        "255.255.255.255, 255.255.255.255",
        "192.0.2.1, 192.0.2.1",
        "::, ::",
        "::1, ::1",
        "1::, 1::",
        "2001:db8::1, 2001:db8::1",
        "2001:DB8::A, 2001:db8::a",
        "2001:0db8:0000:0000:0000:0000:0000:0001, 2001:db8::1",
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:db8::1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
        "1:2:3:4:5:6:7::, 1:2:3:4:5:6:7:0",
        "::2:3:4:5:6:7:8, 0:2:3:4:5:6:7:8",
        "0:0:0:0:0:0:0:0, ::",
        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "64:ff9b::192.0.2.33, 64:ff9b::c000:221",
        "::192.0.2.1, ::c000:201",
        "1:2:3:4:5:6:192.0.2.1, 1:2:3:4:5:6:c000:201",
        "1:2:3:4:5::192.0.2.1, 1:2:3:4:5:0:c000:201",
    })
    void readsALiteralAndWritesItCanonically(String literal, String canonical) {
        assertThat(IpAddress.parse(literal)).map(IpAddress::toString).contains(canonical);
        assertThat(IpAddress.parse(canonical)).as("read back").isEqualTo(IpAddress.parse(literal));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "::ffff:192.0.2.1",
                "::FFFF:192.0.2.1",
                "::ffff:c000:201",
                "0:0:0:0:0:ffff:192.0.2.1",
                "0000:0000:0000:0000:0000:ffff:c000:0201",
                "0::ffff:192.0.2.1",
                "::ffff:192.0.2.1%eth0",
            })
    void takesAnIpv4MappedAddressForTheIpv4Address(String literal) {
        assertThat(IpAddress.parse(literal))
                .contains(ip("192.0.2.1"))
                .map(IpAddress::isIpv4)
                .contains(true);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "1",
                ".",
                ":",
                "1.2.3",
                "1.2.3.",
                ".1.2.3",
                "1..2.3",
                "1.2.3.4.",
                "1.2.3.4.5",
                "256.0.0.1",
                "1.2.3.999",
                "1.2.3.4294967297",
                "01.2.3.4",
                "1.2.3.00",
                "0177.0.0.1",
                "0x7f.0.0.1",
                "0x7f000001",
                "2130706433",
                "127.1",
                "-1.2.3.4",
                "+1.2.3.4",
                "1.2.3.4 ",
                " 1.2.3.4",
                "1.2.3.4\n",
                "1.2.3.4\u0000",
                "1.2.3.4%eth0",
                "1.2.3.4/32",
                "1.2.3.4:80",
                "[1.2.3.4]",
                "\uff11.2.3.4",
                "\u0661.2.3.4",
                "1\u30022\u30023\u30024",
                "localhost",
                "example.com",
                "a.b.c.d",
                "beef",
                "unknown",
            })
    void refusesWhatIsNotStrictlyDottedDecimal(String text) {
        assertThat(IpAddress.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ":::",
                "::::",
                "1:::2",
                "1::2::3",
                ":1",
                "1:",
                ":1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1:2:3:4:5:6:7:8:",
                "1:2:3:4:5:6:7:8::",
                "::1:2:3:4:5:6:7:8",
                "1:2:3:4::5:6:7:8",
                "12345::",
                "::00001",
                "g::",
                "::\uff11",
                "[::1]",
                "[::1]:80",
                "::1/128",
                "::1 ",
                "::1\u0000",
                "::1%",
                "::1%%",
                "%eth0",
                ":%eth0",
                "fe80::1%eth 0",
                "fe80::1%eth\r\n0",
                "fe80::1%25\u00e9",
                "::1.2.3",
                "::1.2.3.4.5",
                "::01.2.3.4",
                "::1.2.3.256",
                "::1.2.3.4:5",
                "1.2.3.4::",
                "1:2:3:4:5:6:7:1.2.3.4",
                "1:2:3:4:5:1.2.3.4",
                "::fffff:1.2.3.4",
                "::abcd.1.1.1",
            })
    void refusesWhatIsNotIpv6(String text) {
        assertThat(IpAddress.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"fe80::1%eth0, fe80::1", "fe80::1%2, fe80::1", "::%br-lan.100, ::", "fe80::1%wlan_0~x, fe80::1"})
    void dropsTheZone(String literal, String canonical) {
        assertThat(IpAddress.parse(literal)).map(IpAddress::toString).contains(canonical);
    }

    @Test
    void refusesAnEndlessZone() {
        assertThat(IpAddress.parse("fe80::1%" + "x".repeat(64))).isPresent();
        assertThat(IpAddress.parse("fe80::1%" + "x".repeat(65))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.255, 32, 64, 192.0.2.255",
        "192.0.2.255, 24, 64, 192.0.2.0",
        "192.0.2.255, 31, 64, 192.0.2.254",
        "192.0.2.255, 1, 64, 128.0.0.0",
        "192.0.2.255, 0, 64, 0.0.0.0",
        "2001:db8:1:2:3:4:5:6, 32, 64, 2001:db8:1:2::",
        "2001:db8:1:2:3:4:5:6, 32, 56, 2001:db8:1::",
        "2001:db8:1:2:ffff:4:5:6, 32, 65, 2001:db8:1:2:8000::",
        "2001:db8:1:2:3:4:5:7, 32, 127, 2001:db8:1:2:3:4:5:6",
        "2001:db8:1:2:3:4:5:7, 32, 128, 2001:db8:1:2:3:4:5:7",
        "ffff::1, 32, 1, 8000::",
        "ffff::1, 32, 0, ::",
        "::ffff:192.0.2.255, 24, 64, 192.0.2.0",
    })
    void keepsTheLeadingBits(String address, int ipv4Prefix, int ipv6Prefix, String masked) {
        assertThat(ip(address).masked(ipv4Prefix, ipv6Prefix)).hasToString(masked);
    }

    @Test
    void refusesAPrefixOutOfRange() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ip("192.0.2.1").masked(33, 64))
                .withMessage("ipv4-prefix: 33 (expected: a whole number from 0 to 32)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ip("::1").masked(32, -1))
                .withMessage("ipv6-prefix: -1 (expected: a whole number from 0 to 128)");
    }

    @Test
    void agreesWithTheJdkOnAnyIpv6Address() throws UnknownHostException {
        Random random = new Random(20261121);
        byte[] bytes = new byte[16];
        for (int round = 0; round < 5_000; round++) {
            random.nextBytes(bytes);
            for (int i = 0; i < bytes.length; i += 2) {
                if (random.nextInt(3) > 0) {
                    bytes[i] = 0;
                    bytes[i + 1] = (byte) (random.nextInt(3) / 2);
                }
            }
            // From bytes, so that no name can be looked up.
            InetAddress expected = InetAddress.getByAddress(bytes);
            IpAddress address = ip(expected.getHostAddress());
            assertThat(IpAddress.parse(address.toString()))
                    .as(expected.toString())
                    .contains(address);
            // Brackets make the JDK refuse all but IPv6 literals.
            assertThat(address.isIpv4() ? expected : InetAddress.getByName("[" + address + "]"))
                    .isEqualTo(expected);
        }
    }

    private static IpAddress ip(String literal) {
        return IpAddress.parse(literal).orElseThrow();
    }
}
