package io.ratelimit.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random text, seeded, made of the pieces that the parsers care about. */
class IdentityFuzzTest {
    private static final int ROUNDS = 100_000;
    private static final List<String> PIECES = List.of(
            "1",
            "9",
            "10.0.0.1",
            "203.0.113.7",
            "255",
            "256",
            "0",
            "00",
            "0x7f",
            ".",
            ":",
            "::",
            "ffff",
            "2001:db8",
            "::ffff:",
            "[",
            "]",
            "%",
            "eth0",
            "/",
            "64",
            ",",
            ";",
            "=",
            "for=",
            "For",
            "\"",
            "\\",
            "\\\"",
            " ",
            "\t",
            "_",
            "unknown",
            "-",
            "\u0000",
            "\r\n",
            "\u00a0",
            "\uff11",
            "\ud800",
            "\ud83d\ude00",
            "${x}",
            "99999999999999999999");
    private static final AddressBlocks PROXIES = AddressBlocks.parse("x", List.of("10.0.0.0/8", "2001:db8::/32"));

    private final Random random = new Random(20261121);

    @Test
    void anAddressIsReadOrRefusedAndItsTextReadsBack() {
        int read = 0;
        for (int round = 0; round < ROUNDS; round++) {
            String text = text(8);
            IpAddress address = IpAddress.parse(text).orElse(null);
            if (address != null) {
                read++;
                assertThat(IpAddress.parse(address.toString())).as(text).contains(address);
            }
        }
        assertThat(read).as("addresses among the random texts").isGreaterThan(500);
    }

    @Test
    void aBlockIsReadOrRefusedWithAShortMessageOnOneLine() {
        for (int round = 0; round < ROUNDS; round++) {
            String text = text(6);
            try {
                assertThat(AddressBlock.parse("x", AddressBlock.parse("x", text).toString()))
                        .as(text)
                        .isEqualTo(AddressBlock.parse("x", text));
            } catch (IllegalArgumentException refused) {
                assertThat(refused.getMessage()).startsWith("x: \"").contains("(expected: ");
                assertThat(refused.getMessage().chars().noneMatch(Character::isISOControl))
                        .as(refused.getMessage())
                        .isTrue();
            }
        }
    }

    @Test
    void everyRequestHasACallerAndNothingFails() {
        IdentityErrorListener errors = (kind, failure) -> fail(kind, failure);
        for (String header : List.of("X-Forwarded-For", "Forwarded")) {
            ClientAddress client = new ClientAddress(new ClientAddressSettings(PROXIES, header, 32, 64));
            IdentityResolver resolver = new IdentityResolver(
                    IdentityResolver.DEFAULT_ORDER,
                    new ApiKeys(new ApiKeySettings("X-API-Key", "k", true), ApiKeyRegistry.of(Map.of()), errors),
                    client,
                    name -> name,
                    errors);
            for (int round = 0; round < ROUNDS; round++) {
                FakeRequest request = FakeRequest.from(random.nextBoolean() ? "10.0.0.1" : text(4))
                        .header(header, text(20), text(20))
                        .header("X-API-Key", text(3))
                        .user(text(3));
                assertThat(client.of(request))
                        .isNotEmpty()
                        .hasSizeLessThanOrEqualTo("fd12:3456:789a:bcde:fedc:ba98:7654:3210".length());
                assertThat(IdentityDigest.sha256().of(resolver.identity(request).identity()))
                        .hasSize(22);
            }
        }
    }

    /** Whatever a client sends, the address that the trusted proxy appends is the one that counts. */
    @Test
    void nothingInFrontOfWhatTheProxyAppendedMatters() {
        ClientAddress list = new ClientAddress(ClientAddressSettings.trusting(PROXIES));
        ClientAddress rfc7239 = new ClientAddress(new ClientAddressSettings(PROXIES, "Forwarded", 32, 64));
        for (int round = 0; round < ROUNDS; round++) {
            String sent = text(20);
            assertThat(list.of(FakeRequest.from("10.0.0.1").forwardedFor(sent + ", 203.0.113.7, 10.0.0.2")))
                    .as(sent)
                    .isEqualTo("203.0.113.7");
            String appended = sent + ", for=\"203.0.113.7:1\";host=\"a\\\",b\\\\\", for=10.0.0.2";
            assertThat(rfc7239.of(FakeRequest.from("10.0.0.1").header("Forwarded", appended)))
                    .as(sent)
                    .isEqualTo("203.0.113.7");
        }
    }

    private String text(int pieces) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(pieces + 1); i > 0; i--) {
            text.append(PIECES.get(random.nextInt(PIECES.size())));
        }
        return text.toString();
    }
}
