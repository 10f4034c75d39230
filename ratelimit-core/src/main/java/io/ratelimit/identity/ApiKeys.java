package io.ratelimit.identity;

import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the API key that a request presents.
 *
 * <p>A key is taken as it is: not trimmed, not folded, not split. A request that presents different keys, in several header
 * lines or in header and query, presents none: what counts must not depend on which of them somebody else reads. An empty
 * key, and one longer than {@value #LONGEST_KEY} characters, is none either.
 *
 * <p>Safe for any number of threads. Keys are looked up by their hash, so the time of a look-up tells nothing about them.
 */
public final class ApiKeys {
    /** The length in characters from which on a key is not looked at. */
    static final int LONGEST_KEY = 8_192;

    /** How many different keys of one request are looked up. */
    static final int MOST_KEYS = 8;

    private final ApiKeySettings settings;
    private final ApiKeyRegistry registry;
    private final Guard guard;

    /**
     * Creates the finder.
     *
     * @param settings where requests carry keys
     * @param registry who knows them; a key over which it throws is unknown
     * @param errors is told when the registry fails
     */
    public ApiKeys(ApiKeySettings settings, ApiKeyRegistry registry, IdentityErrorListener errors) {
        this.settings = Objects.requireNonNull(settings, "settings");
        this.registry = Objects.requireNonNull(registry, "registry");
        this.guard = new Guard(errors);
    }

    /** Returns the hash by which keys are looked up: SHA-256 of the UTF-8 bytes, 64 lower-case hexadecimal digits. */
    public static String sha256Hex(String key) {
        return HexFormat.of().formatHex(Sha256.digest().digest(Utf8.bytes(key)));
    }

    PresentedKey read(RequestView request) {
        Set<String> keys = presented(request);
        String key = keys.size() == 1 ? keys.iterator().next() : "";
        if (!canBeKnown(key)) {
            return PresentedKey.NONE;
        }
        String hash = sha256Hex(key);
        ApiKey known = known(hash);
        if (known != null) {
            return new PresentedKey(known, new Caller(Identity.ofApiKey(known.name()), known.tier()));
        }
        return settings.trustUnverified()
                ? new PresentedKey(null, new Caller(Identity.ofApiKey(hash), null))
                : PresentedKey.NONE;
    }

    /**
     * Returns whether a request presents several keys and one of them is known by one of the names. Of more than
     * {@value #MOST_KEYS} different keys one is taken to be: otherwise a key could hide behind made-up ones.
     */
    boolean hidesOneOf(Set<String> names, RequestView request) {
        Set<String> keys = presented(request);
        if (keys.size() < 2) {
            return false;
        }
        return keys.size() > MOST_KEYS
                || keys.stream().filter(ApiKeys::canBeKnown).anyMatch(key -> {
                    ApiKey known = known(sha256Hex(key));
                    return known != null && names.contains(known.name());
                });
    }

    private static boolean canBeKnown(String key) {
        return !key.isEmpty() && key.length() <= LONGEST_KEY;
    }

    private @Nullable ApiKey known(String hash) {
        return guard.call(Identity.API_KEY, () -> lookUp(hash));
    }

    @SuppressWarnings("OptionalAssignedToNull") // a registry is code of the application
    private @Nullable ApiKey lookUp(String hash) {
        Optional<ApiKey> found = registry.find(hash);
        if (found == null) {
            throw new IllegalStateException("the ApiKeyRegistry returned null (expected: an Optional)");
        }
        return found.orElse(null);
    }

    /** Returns the different keys of all places, an empty line among them too, but at most one more than are looked up. */
    private Set<String> presented(RequestView request) {
        Set<String> keys = guard.call(Identity.API_KEY, () -> {
            Set<String> different = new LinkedHashSet<>();
            addSome(different, request.headers(settings.header()));
            String parameter = settings.queryParameter();
            if (parameter != null) {
                addSome(different, request.queryParameters(parameter));
            }
            return different;
        });
        return keys == null ? Set.of() : keys;
    }

    private static void addSome(Set<String> keys, List<String> values) {
        for (String value : values) {
            if (keys.size() > MOST_KEYS) {
                return;
            }
            keys.add(value);
        }
    }
}
