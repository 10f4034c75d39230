package io.ratelimit.identity;

import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
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

    /** Returns the known key that a request presents; empty if it presents none, an unknown one or several. */
    public Optional<ApiKey> find(RequestView request) {
        return Optional.ofNullable(read(request).known());
    }

    /** Returns the hash by which keys are looked up: SHA-256 of the UTF-8 bytes, 64 lower-case hexadecimal digits. */
    public static String sha256Hex(String key) {
        return HexFormat.of().formatHex(Sha256.digest().digest(Utf8.bytes(key)));
    }

    PresentedKey read(RequestView request) {
        String key = guard.call(Identity.API_KEY, () -> presented(request));
        if (key == null || key.isEmpty() || key.length() > LONGEST_KEY) {
            return PresentedKey.NONE;
        }
        String hash = sha256Hex(key);
        ApiKey known = guard.call(Identity.API_KEY, () -> lookUp(hash));
        if (known != null) {
            return new PresentedKey(known, new Caller(Identity.ofApiKey(known.name()), known.tier()));
        }
        return settings.trustUnverified()
                ? new PresentedKey(null, new Caller(Identity.ofApiKey(hash), null))
                : PresentedKey.NONE;
    }

    @SuppressWarnings("OptionalAssignedToNull") // a registry is code of the application
    private @Nullable ApiKey lookUp(String hash) {
        Optional<ApiKey> found = registry.find(hash);
        if (found == null) {
            throw new IllegalStateException("the ApiKeyRegistry returned null (expected: an Optional)");
        }
        return found.orElse(null);
    }

    /** Returns the one key that all places agree on; an empty line among them disagrees. */
    private @Nullable String presented(RequestView request) {
        List<String> inHeader = request.headers(settings.header());
        String parameter = settings.queryParameter();
        List<String> inQuery = parameter == null ? List.of() : request.queryParameters(parameter);
        String key = inHeader.isEmpty() ? (inQuery.isEmpty() ? null : inQuery.get(0)) : inHeader.get(0);
        return key != null && allEqual(key, inHeader) && allEqual(key, inQuery) ? key : null;
    }

    private static boolean allEqual(String key, List<String> values) {
        for (String value : values) {
            if (!key.equals(value)) {
                return false;
            }
        }
        return true;
    }
}
