package io.ratelimit.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IdentityDigestTest {
    private static final IdentityDigest PLAIN = IdentityDigest.sha256();
    private static final IdentityDigest KEYED = IdentityDigest.hmac("s3cret");

    /** Computed with Python's hashlib and hmac. */
    @ParameterizedTest
    @CsvSource({
        "ip, 192.0.2.1, fyXuwmOcE9fsPIPTUt4swQ, kLeyutWielFpvgwRpMoKuQ",
        "global, '', VMf-Zzk9vqpes8KrsIbkEQ, tk9E9mPaXvQGw0OgH4Bi0Q",
        "user, alice, dybmqWJFdRXr_4cTq16iZg, tCsmlCpeN0lW8ozs9eCOzA",
        "user, J\u00fcrgen \ud83d\ude00, 0rcBXm74KUmX2lxZA10BLQ, UCOqTfYkAJfvUNg9zxOJ7Q",
        "user, \ud800, 4KBD4n8Cbqv7hJi-CodrrA, a0iYH7hHlAbbrAu6Y2TZsg",
        "user, a\u0000b, SmQgApizQF6qgBxQUqVHAA, uUpoqeU84iCI4c01iJeyNg",
    })
    void matchesKnownAnswers(String kind, String value, String plain, String keyed) {
        Identity identity = new Identity(kind, value);
        assertThat(PLAIN.of(identity)).isEqualTo(plain);
        assertThat(KEYED.of(identity)).isEqualTo(keyed);
    }

    @Test
    void tellsIdentitiesApartWhereverKindAndValueMeet() {
        List<Identity> identities = new ArrayList<>();
        List<String> parts =
                List.of("a", "b", "ab", "a\u0000", "\u0000b", ":", "a:", ":b", "?", "\ud800", "\udc00", "\ud83d\ude00");
        for (String kind : parts) {
            identities.add(new Identity(kind, ""));
            for (String value : parts) {
                identities.add(new Identity(kind, value));
            }
        }
        assertThat(identities.stream().map(PLAIN::of)).doesNotHaveDuplicates();
        assertThat(identities.stream().map(KEYED::of)).doesNotHaveDuplicates();
    }

    @Test
    void tellsAnyTwoStringsApart() {
        Random random = new Random(20261121);
        Map<String, String> seen = new HashMap<>();
        for (int round = 0; round < 20_000; round++) {
            String value = surrogatesAndNeighbours(random);
            String digest = PLAIN.of(Identity.ofUser(value));
            assertThat(digest).matches("[A-Za-z0-9_-]{22}");
            assertThat(seen.merge(digest, value, (first, second) -> first)).isEqualTo(value);
        }
    }

    private static String surrogatesAndNeighbours(Random random) {
        char[] chars = new char[random.nextInt(6)];
        for (int i = 0; i < chars.length; i++) {
            chars[i] = "\ud7ff\ud800\udbff\udc00\udfff\ue000\ufffd?a\u0000\u0080\u0800".charAt(random.nextInt(12));
        }
        return new String(chars);
    }

    @Test
    void takesValuesOfAnyLength() {
        String megabyte = "\u00e9".repeat(1_000_000);
        assertThat(PLAIN.of(Identity.ofUser(megabyte)))
                .hasSize(22)
                .isNotEqualTo(PLAIN.of(Identity.ofUser(megabyte + "x")));
    }

    @Test
    void dependsOnTheSecret() {
        Identity identity = Identity.ofIp("192.0.2.1");
        assertThat(KEYED.of(identity))
                .isEqualTo(IdentityDigest.hmac("s3cret").of(identity))
                .isNotEqualTo(IdentityDigest.hmac("S3cret").of(identity))
                .isNotEqualTo(PLAIN.of(identity));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> IdentityDigest.hmac(""))
                .withMessageStartingWith("key-secret: \"\" (expected:");
    }

    @Test
    void givesManyThreadsTheSameAnswers() {
        List<Identity> identities = IntStream.range(0, 200)
                .mapToObj(i -> Identity.ofUser("user" + i))
                .toList();
        List<String> expected = identities.stream().map(KEYED::of).toList();
        IntStream.range(0, 50_000).parallel().forEach(i -> {
            Identity identity = identities.get(i % identities.size());
            assertThat(KEYED.of(identity)).isEqualTo(expected.get(i % identities.size()));
        });
    }
}
