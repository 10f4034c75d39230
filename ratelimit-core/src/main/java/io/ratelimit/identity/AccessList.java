package io.ratelimit.identity;

import java.util.Objects;
import java.util.Set;

/**
 * Requesters that are treated apart: each is on the list who has one of the names or addresses.
 *
 * @param apiKeys names of known API keys
 * @param users names of authenticated users, in their exact spelling
 * @param addresses client addresses, not grouped by prefix
 */
public record AccessList(Set<String> apiKeys, Set<String> users, AddressBlocks addresses) {
    private static final AccessList EMPTY = new AccessList(Set.of(), Set.of(), AddressBlocks.none());

    /** Copies the sets. */
    public AccessList {
        apiKeys = Set.copyOf(apiKeys);
        users = Set.copyOf(users);
        Objects.requireNonNull(addresses, "addresses");
    }

    /** Returns the list that nobody is on. */
    public static AccessList empty() {
        return EMPTY;
    }

    // An empty list asks nothing: the look-ups may run code of the application.

    /** Returns whether the one key that the requester presents is on the list. */
    boolean hasOnlyKey(Requester requester) {
        return !apiKeys.isEmpty()
                && requester
                        .apiKey()
                        .map(ApiKey::name)
                        .filter(apiKeys::contains)
                        .isPresent();
    }

    /** Returns whether one of the keys that the requester presents is on the list. */
    boolean hasAnyKey(Requester requester) {
        return !apiKeys.isEmpty() && requester.presentsKeyOf(apiKeys);
    }

    boolean hasUser(Requester requester) {
        return !users.isEmpty() && requester.userName().filter(users::contains).isPresent();
    }

    /** Returns whether the requester's own address is on the list, and not just that of the last hop that could be read. */
    boolean hasAddress(Requester requester) {
        ClientHop hop = addresses.isEmpty() ? null : requester.hop();
        return hop != null && hop.certain() && addresses.contains(hop.address());
    }

    /** Returns whether the last hop that could be read is on the list, by its address or by the one that it stands for. */
    boolean mayHaveAddress(Requester requester) {
        ClientHop hop = addresses.isEmpty() ? null : requester.hop();
        return hop != null
                && (addresses.contains(hop.address())
                        || addresses.contains(hop.address().carried()));
    }
}
