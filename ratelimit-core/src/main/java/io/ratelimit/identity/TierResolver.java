package io.ratelimit.identity;

import org.jspecify.annotations.Nullable;

/**
 * Knows the tier of the application's users.
 *
 * <p>Called on the request's thread for requests that are counted by user, and not bounded in time: look tiers up in
 * memory. Implementations are safe for any number of threads.
 */
@FunctionalInterface
public interface TierResolver {
    /**
     * Returns the tier of a user.
     *
     * @param userName the name of the authenticated principal
     * @return the tier; {@code null} if the user has none, which is also what an exception counts as
     */
    @Nullable
    String tierOf(String userName);
}
