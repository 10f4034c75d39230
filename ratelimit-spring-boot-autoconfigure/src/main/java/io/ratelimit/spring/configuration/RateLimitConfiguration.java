package io.ratelimit.spring.configuration;

import io.ratelimit.identity.AccessList;
import io.ratelimit.identity.ApiKey;
import io.ratelimit.identity.ApiKeySettings;
import io.ratelimit.identity.ClientAddressSettings;
import io.ratelimit.rule.RuleSet;
import java.util.List;
import java.util.Map;

/**
 * What the properties mean, in the values of the core.
 *
 * @param properties what was written, with the overrides in the rules
 * @param rules the rules
 * @param apiKeySettings where requests carry API keys
 * @param apiKeys the API keys by their hashes
 * @param identityOrder the kinds of identities, the first found wins
 * @param clientAddress how addresses are found
 * @param exempt who is never limited
 * @param blocked who is always refused
 */
public record RateLimitConfiguration(
        RateLimitProperties properties,
        RuleSet rules,
        ApiKeySettings apiKeySettings,
        Map<String, ApiKey> apiKeys,
        List<String> identityOrder,
        ClientAddressSettings clientAddress,
        AccessList exempt,
        AccessList blocked) {}
