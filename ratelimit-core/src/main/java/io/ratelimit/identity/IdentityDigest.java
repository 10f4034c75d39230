package io.ratelimit.identity;

import io.ratelimit.limit.InvalidValueException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Objects;
import java.util.function.UnaryOperator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Names an identity outside this process without telling who it is: 128 bits as 22 characters of base64url.
 *
 * <p>They are the first 128 bits of SHA-256, or of HMAC-SHA-256, over the length of the kind in bytes (four bytes, the most
 * significant first), the kind, and the value, both in UTF-8. So no value can pretend to be part of a kind, and different
 * identities have different digests, whatever characters they are made of.
 *
 * <p>Without a secret the few possible values of a kind, IPv4 addresses for one, can be found again by trying them all.
 *
 * <p>Immutable and safe for any number of threads.
 */
public final class IdentityDigest {
    private static final int LENGTH_BYTES = 4;
    private static final int DIGEST_BYTES = 16;
    private static final String HMAC = "HmacSHA256";
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

    private final UnaryOperator<byte[]> hash;

    private IdentityDigest(UnaryOperator<byte[]> hash) {
        this.hash = hash;
    }

    /** Returns digests that anybody can compute. */
    public static IdentityDigest sha256() {
        Spares<MessageDigest> digests = new Spares<>(Sha256::digest);
        return new IdentityDigest(message -> {
            MessageDigest digest = digests.take();
            byte[] hash = digest.digest(message);
            digests.give(digest);
            return hash;
        });
    }

    /**
     * Returns digests that only who knows the secret can compute. Every instance needs the same one; a new secret is a
     * fresh quota for everybody.
     *
     * @param secret the secret; its UTF-8 bytes are the key
     * @throws IllegalArgumentException if the secret is empty
     */
    public static IdentityDigest hmac(String secret) {
        if (Objects.requireNonNull(secret, "secret").isEmpty()) {
            throw new InvalidValueException("key-secret", "\"\"", "a secret text, or no key-secret at all");
        }
        SecretKeySpec key = new SecretKeySpec(Utf8.bytes(secret), HMAC);
        Mac prototype = newMac(key);
        Spares<Mac> macs = new Spares<>(() -> copy(prototype, key));
        return new IdentityDigest(message -> {
            Mac mac = macs.take();
            byte[] hash = mac.doFinal(message);
            macs.give(mac);
            return hash;
        });
    }

    /** Returns the digest of an identity: 22 characters of {@code A-Z a-z 0-9 - _}. */
    public String of(Identity identity) {
        byte[] kind = Utf8.bytes(identity.kind());
        byte[] value = Utf8.bytes(identity.value());
        byte[] message = new byte[LENGTH_BYTES + kind.length + value.length];
        message[0] = (byte) (kind.length >>> 24);
        message[1] = (byte) (kind.length >>> 16);
        message[2] = (byte) (kind.length >>> 8);
        message[3] = (byte) kind.length;
        System.arraycopy(kind, 0, message, LENGTH_BYTES, kind.length);
        System.arraycopy(value, 0, message, LENGTH_BYTES + kind.length, value.length);
        return BASE64.encodeToString(Arrays.copyOf(hash.apply(message), DIGEST_BYTES));
    }

    /** Copies a keyed, otherwise unused one; see {@link Sha256} for why. */
    private static Mac copy(Mac prototype, SecretKeySpec key) {
        try {
            return (Mac) prototype.clone();
        } catch (CloneNotSupportedException providerCannot) {
            return newMac(key);
        }
    }

    private static Mac newMac(SecretKeySpec key) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(key);
            return mac;
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("Every Java platform has " + HMAC, impossible);
        }
    }
}
