package io.ratelimit.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressBlockTest {
    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.0.0.0/8",
        "10.1.2.3, 10.1.2.3/32",
        "10.1.2.3/32, 10.1.2.3/32",
        "128.0.0.0/1, 128.0.0.0/1",
        "2001:db8::/32, 2001:db8::/32",
        "2001:DB8:0::/32, 2001:db8::/32",
        "::1, ::1/128",
        "::ffff:10.0.0.0/104, 10.0.0.0/8",
        "::ffff:10.1.2.3, 10.1.2.3/32",
        "::ffff:10.1.2.3/128, 10.1.2.3/32",
    })
    void readsABlockOrAnAddress(String text, String canonical) {
        assertThat(AddressBlock.parse("trusted-proxies", text)).hasToString(canonical);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "10.0.0.0/8     | 10.0.0.0        | true",
                "10.0.0.0/8     | 10.255.255.255  | true",
                "10.0.0.0/8     | 11.0.0.0        | false",
                "10.0.0.0/8     | 9.255.255.255   | false",
                "10.0.0.0/8     | ::ffff:10.1.2.3 | true",
                "10.0.0.0/8     | ::10.1.2.3      | false",
                "10.0.0.0/8     | a00::           | false",
                "192.0.2.1      | 192.0.2.1       | true",
                "192.0.2.1      | 192.0.2.0       | false",
                "2001:db8::/32  | 2001:db8:ffff::1 | true",
                "2001:db8::/32  | 2001:db9::      | false",
                "2001:db8::/64  | 2001:db8:0:0:ffff:: | true",
                "2001:db8::/64  | 2001:db8:0:1::  | false",
                "2001:db8::/65  | 2001:db8:0:0:8000:: | false",
                "::/64          | ::1             | true",
                "::/64          | 192.0.2.1       | false",
                "fe80::/10      | fe80::1%eth0    | true",
            })
    void containsTheAddressesWithItsLeadingBits(String block, String address, boolean contained) {
        assertThat(AddressBlock.parse("trusted-proxies", block)
                        .contains(IpAddress.parse(address).orElseThrow()))
                .isEqualTo(contained);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "10.0.0.1/8 | (expected: 10.0.0.0/8, which is the block around this address, or 10.0.0.1/32, the address alone)",
                "2001:db8::1/64 | (expected: 2001:db8::/64, which is the block around this address, or 2001:db8::1/128, the address alone)",
                "0.0.0.0/0 | (expected: a block of addresses, such as 10.0.0.0/8; this one holds every address)",
                "::/0 | (expected: a block of addresses, such as 10.0.0.0/8; this one holds every address)",
                "10.0.0.0/0 | (expected: a block of addresses, such as 10.0.0.0/8; this one holds every address)",
                "::ffff:0:0/96 | (expected: a block of addresses, such as 10.0.0.0/8; this one holds every address)",
                "10.0.0.0/33 | (expected: a prefix from 1 to 32 behind the slash)",
                "2001:db8::/129 | (expected: a prefix from 1 to 128 behind the slash)",
                "::ffff:10.0.0.0/8 | (expected: a prefix from 97 to 128 behind the slash)",
                "10.0.0.0/-8 | (expected: a prefix from 1 to 32 behind the slash)",
                "10.0.0.0/+8 | (expected: a prefix from 1 to 32 behind the slash)",
                "10.0.0.0/08 | (expected: a prefix from 1 to 32 behind the slash)",
                "10.0.0.0/ | (expected: a prefix from 1 to 32 behind the slash)",
                "10.0.0.0/8/8 | (expected: a prefix from 1 to 32 behind the slash)",
                "10.0.0.0/255.0.0.0 | (expected: a prefix from 1 to 32 behind the slash)",
                "10.0.0.0/4294967304 | (expected: a prefix from 1 to 32 behind the slash)",
            })
    void saysWhatIsWrongWithABlock(String text, String expected) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AddressBlock.parse("trusted-proxies", text))
                .withMessage("trusted-proxies: \"" + text + "\" " + expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/8",
                "localhost",
                "proxy.example.com",
                "proxy.example.com/32",
                "10.0.0.0 /8",
                "10/8",
                "010.0.0.0/8",
                "10.0.0.0-10.0.0.9",
                "10.0.0.*",
                "[::1]",
                "fe80::1%eth0",
                "fe80::%eth0/10",
            })
    void refusesNamesAndAllElseThatIsNoLiteral(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AddressBlock.parse("trusted-proxies", text))
                .withMessage(
                        "trusted-proxies: \"" + text
                                + "\" (expected: an address or a block, such as 10.0.0.0/8 or 2001:db8::/32; names are not resolved)");
    }

    @Test
    void escapesAndCutsWhatSomebodyTyped() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AddressBlock.parse("x", "a\r\n\u001b[31m\"\\\u202e\u2028\ud800" + "b".repeat(1_000)))
                .withMessageStartingWith("x: \"a\\u000d\\u000a\\u001b[31m\\\"\\\\\\u202e\\u2028\\ud800bbb")
                .withMessageContaining("bbb...\"")
                .satisfies(failure -> assertThat(failure.getMessage()).hasSizeLessThan(300));
    }

    @Test
    void cannotBeMadeWithBitsBehindThePrefix() {
        IpAddress address = IpAddress.parse("10.0.0.1").orElseThrow();
        assertThatIllegalArgumentException().isThrownBy(() -> new AddressBlock(address, 8));
        assertThatIllegalArgumentException().isThrownBy(() -> new AddressBlock(address, 33));
        assertThatIllegalArgumentException().isThrownBy(() -> new AddressBlock(address, 0));
    }

    @Test
    void namesTheMalformedElementOfAList() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AddressBlocks.parse("trusted-proxies", List.of("10.0.0.0/8", "nginx")))
                .withMessageStartingWith("trusted-proxies[1]: \"nginx\" (expected:");
    }

    @Test
    void leavesOutBlocksWithinOthers() {
        List<String> texts = List.of("10.1.0.0/16", "10.0.0.0/8", "::/64", "10.0.0.0/8", "10.0.0.0/9", "192.0.2.1");
        assertThat(AddressBlocks.parse("x", texts)).hasToString("[::/64, 10.0.0.0/8, 192.0.2.1/32]");
        assertThat(AddressBlocks.none().isEmpty()).isTrue();
        assertThat(AddressBlocks.parse("x", texts).isEmpty()).isFalse();
    }

    @Test
    void aSetOfBlocksContainsWhatOneOfThemContains() {
        Random random = new Random(20261121);
        for (int round = 0; round < 200; round++) {
            List<AddressBlock> blocks = new ArrayList<>();
            for (int i = random.nextInt(12); i > 0; i--) {
                blocks.add(block(random));
            }
            AddressBlocks set = AddressBlocks.of(blocks);
            for (int i = 0; i < 200; i++) {
                IpAddress address = address(random);
                assertThat(set.contains(address))
                        .as("%s in %s", address, blocks)
                        .isEqualTo(blocks.stream().anyMatch(block -> block.contains(address)));
            }
        }
    }

    private static AddressBlock block(Random random) {
        IpAddress address = address(random);
        int prefix = 1 + random.nextInt(address.bits());
        return new AddressBlock(address.masked(Math.min(prefix, 32), prefix), prefix);
    }

    /** Few values, so that blocks overlap and are hit. */
    private static IpAddress address(Random random) {
        return switch (random.nextInt(3)) {
            case 0 -> IpAddress.ofIpv4((long) random.nextInt(4) << 30 | random.nextInt(4));
            case 1 -> IpAddress.ofIpv6((long) random.nextInt(4) << 62, random.nextInt(4));
            default -> IpAddress.ofIpv6(0, random.nextLong());
        };
    }
}
