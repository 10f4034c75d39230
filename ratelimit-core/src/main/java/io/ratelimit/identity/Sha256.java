package io.ratelimit.identity;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Hands out fresh SHA-256 digests. */
final class Sha256 {
    // Copying an unused digest is several times faster than a look-up among the security providers, and unlike a
    // thread-local it costs nothing per (virtual) thread. The prototype is never updated, so copies need no lock.
    private static final MessageDigest PROTOTYPE = create();

    private Sha256() {}

    static MessageDigest digest() {
        try {
            return (MessageDigest) PROTOTYPE.clone();
        } catch (CloneNotSupportedException providerCannot) {
            return create();
        }
    }

    private static MessageDigest create() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every Java platform has SHA-256", impossible);
        }
    }
}
