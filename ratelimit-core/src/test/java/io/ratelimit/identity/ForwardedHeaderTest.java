package io.ratelimit.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The header of RFC 7239. */
class ForwardedHeaderTest {
    private static final String PROXY = "10.0.0.1";
    private static final ClientAddress CLIENT = new ClientAddress(new ClientAddressSettings(
            AddressBlocks.parse("trusted-proxies", List.of("10.0.0.0/8")), "forwarded", 32, 64));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "for=203.0.113.7                                   | 203.0.113.7",
                "For=203.0.113.7                                   | 203.0.113.7",
                "FOR=\"203.0.113.7\"                               | 203.0.113.7",
                "for=\"203.0.113.7:4711\"                          | 203.0.113.7",
                "for=203.0.113.7:4711                              | 203.0.113.7",
                "for=\"203.0.113.7:_port\"                         | 203.0.113.7",
                "for=\"[2001:db8:cafe::17]\"                       | 2001:db8:cafe::/64",
                "for=\"[2001:db8:cafe::17]:4711\"                  | 2001:db8:cafe::/64",
                "For=[2001:db8:cafe::17]                           | 2001:db8:cafe::/64",
                "for=\"[::ffff:203.0.113.7]\"                      | 203.0.113.7",
                "for=\"2\\03.0.113.7\"                             | 203.0.113.7",
                "for=203.0.113.7;proto=http;by=203.0.113.43        | 203.0.113.7",
                "by=203.0.113.43;proto=http;for=203.0.113.7        | 203.0.113.7",
                "proto=https ; for=203.0.113.7 ;                   | 203.0.113.7",
                ";;for=203.0.113.7;;host=a                         | 203.0.113.7",
                "host=\"a,b\";for=203.0.113.7                      | 203.0.113.7",
                "for=203.0.113.7;host=\"a;for=198.51.100.9\"       | 203.0.113.7",
                "for=203.0.113.7;host=\"a\\\", for=198.51.100.9\"  | 203.0.113.7",
                "for=203.0.113.7;host=\"a\\\\\"                    | 203.0.113.7",
                "for=198.51.100.9, for=203.0.113.7                 | 203.0.113.7",
                "for=198.51.100.9,for=203.0.113.7,for=10.0.0.2     | 203.0.113.7",
                "for=10.0.0.4, for=10.0.0.3                        | 10.0.0.4",
                "for=203.0.113.7, , for=10.0.0.2,                  | 203.0.113.7",
                "for=\"198.51.100.9, for=203.0.113.7               | 203.0.113.7",
                "for=\"198.51.100.9, for=\"203.0.113.7\"           | 203.0.113.7",
                "for=\"198.51.100.9\\, for=\"203.0.113.7\"         | 203.0.113.7",
                "for=198.51.100.9\", for=\"[2001:db8:cafe::17]\"   | 2001:db8:cafe::/64",
                "for=x;a=\"\\\", for=203.0.113.7;b=\"\\\\\\\"\"    | 203.0.113.7",
                "fort=198.51.100.9;for=203.0.113.7                 | 203.0.113.7",
            })
    void countsTheRightmostAddressThatIsNotTrusted(String header, String counted) {
        assertThat(CLIENT.of(FakeRequest.from(PROXY).header("Forwarded", header)))
                .isEqualTo(counted);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "for=unknown",
                "for=_gazonk",
                "for=\"_gazonk:80\"",
                "for=\"\"",
                "for=",
                "for",
                "=203.0.113.7",
                "proto=https",
                "203.0.113.7",
                "for = 203.0.113.7",
                "for= 203.0.113.7",
                "for=example.com",
                "for=0313.0.113.7",
                "for=\"[203.0.113.7]\"",
                "for=\"[2001:db8::1\"",
                "for=203.0.113.7;for=203.0.113.8",
                "for=203.0.113.7;for=unknown",
                "for=unknown;for=203.0.113.7",
                "for=203.0.113.7;host",
                "for=203.0.113.7 proto=https",
                "for=\"203.0.113.7\"x",
                "for=\"203.0.113.7\"\"\"",
                "for=203.0.113.7\"",
                "for='203.0.113.7'",
                "for=\"\u0000203.0.113.7\"",
                "f\u00f6r=203.0.113.7",
                "for=203.0.113.7;\u0000=1",
            })
    void countsTheHopThatWroteAnUnreadableElement(String element) {
        assertThat(CLIENT.of(FakeRequest.from(PROXY).header("Forwarded", element)))
                .as("written by the peer")
                .isEqualTo(PROXY);
        assertThat(CLIENT.of(FakeRequest.from(PROXY).header("Forwarded", "for=198.51.100.9", element, "for=10.0.0.2")))
                .as("written by the proxy before the peer")
                .isEqualTo("10.0.0.2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"",
                "\\",
                "\\\"",
                "for=\"",
                "for=\"\\",
                "for=\"198.51.100.9",
                "for=198.51.100.9;host=\"",
                "for=198.51.100.9;host=\"\\\"",
                "for=\"198.51.100.9\", for=\"",
                ",\",\\\",",
                "for=198.51.100.9;",
            })
    void nothingThatAClientSentChangesWhatAProxyAppended(String sent) {
        for (String appended : List.of(
                "for=203.0.113.7",
                "for=\"203.0.113.7\"",
                "for=\"203.0.113.7:80\";host=\"a,\\\"b\"",
                "proto=https;for=203.0.113.7")) {
            assertThat(CLIENT.of(FakeRequest.from(PROXY).header("Forwarded", sent + ", " + appended)))
                    .as("%s appended on the same line", appended)
                    .isEqualTo("203.0.113.7");
            assertThat(CLIENT.of(FakeRequest.from(PROXY).header("Forwarded", sent, appended)))
                    .as("%s on a line of its own", appended)
                    .isEqualTo("203.0.113.7");
        }
    }

    @Test
    void ignoresXForwardedFor() {
        FakeRequest request = FakeRequest.from(PROXY).forwardedFor("198.51.100.9");
        assertThat(CLIENT.of(request)).isEqualTo(PROXY);
        assertThat(CLIENT.of(request.header("Forwarded", "for=203.0.113.7"))).isEqualTo("203.0.113.7");
    }

    @Test
    void countsTheHopReachedWhenAnElementIsTooLong() {
        String tooLong = "for=203.0.113.7;host=\"" + "a".repeat(ClientAddress.LONGEST_ELEMENT) + "\"";
        assertThat(CLIENT.of(FakeRequest.from(PROXY).header("Forwarded", tooLong)))
                .isEqualTo(PROXY);
        assertThat(CLIENT.of(FakeRequest.from(PROXY).header("Forwarded", tooLong + ", for=203.0.113.7")))
                .isEqualTo("203.0.113.7");
    }
}
