package io.ratelimit.spring.configuration;

import io.ratelimit.spring.configuration.RateLimitProperties.Backend;
import java.util.List;
import java.util.Map;

/**
 * What the application has beside its properties, as far as the properties may depend on it.
 *
 * @param keyResolvers the names of the beans that a rule's key can name
 * @param ownApiKeys whether API keys come from a bean of the application
 * @param ownTiers whether the users' tiers come from a bean of the application
 * @param ownStore whether the application brings the store
 * @param missing the backends that cannot be used
 */
public record Surroundings(
        List<String> keyResolvers,
        boolean ownApiKeys,
        boolean ownTiers,
        boolean ownStore,
        Map<Backend, Missing> missing) {
    /** Copies what it is given. */
    public Surroundings {
        keyResolvers = List.copyOf(keyResolvers);
        missing = Map.copyOf(missing);
    }

    /**
     * Why a backend cannot be used.
     *
     * @param problem what is wrong
     * @param expected what the backend needs
     */
    public record Missing(String problem, String expected) {}
}
