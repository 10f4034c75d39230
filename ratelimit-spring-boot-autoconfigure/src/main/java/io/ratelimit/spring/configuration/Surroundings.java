package io.ratelimit.spring.configuration;

import java.util.List;
import java.util.Optional;

/**
 * What the application has beside its properties, as far as the properties may depend on it.
 *
 * @param keyResolvers the names of the beans that a rule's key can name
 * @param ownApiKeys whether API keys come from a bean of the application
 * @param ownTiers whether the users' tiers come from a bean of the application
 * @param ownStore whether the application brings the store
 * @param redisMissing what is missing for the Redis backend; empty if it can be used
 */
public record Surroundings(
        List<String> keyResolvers,
        boolean ownApiKeys,
        boolean ownTiers,
        boolean ownStore,
        Optional<String> redisMissing) {
    /** Copies what it is given. */
    public Surroundings {
        keyResolvers = List.copyOf(keyResolvers);
    }
}
