package io.ratelimit.spring.web;

import org.jspecify.annotations.Nullable;

/**
 * Whose counter a rule asks for a request.
 *
 * @param digest the digest of the identity
 * @param tier its tier; {@code null} if tiers do not matter to it
 */
record Owner(String digest, @Nullable String tier) {}
