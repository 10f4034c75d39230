package io.ratelimit.identity;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who is behind one request. API key and address are found once and remembered, so that all rules of a request agree on them;
 * the user is asked for each time, because authentication happens in between.
 *
 * <p>Belongs to one request; not safe for several threads at a time.
 */
public final class Requester {
    private final RequestView request;
    private final List<String> order;
    private final ApiKeys apiKeys;
    private final ClientAddress clientAddress;
    private final @Nullable TierResolver tiers;
    private final Guard guard;

    private @Nullable PresentedKey key;
    private @Nullable String address;
    private @Nullable ClientHop hop;
    private @Nullable Caller lastUser;

    Requester(
            RequestView request,
            List<String> order,
            ApiKeys apiKeys,
            ClientAddress clientAddress,
            @Nullable TierResolver tiers,
            Guard guard) {
        this.request = request;
        this.order = order;
        this.apiKeys = apiKeys;
        this.clientAddress = clientAddress;
        this.tiers = tiers;
        this.guard = guard;
    }

    /** Returns who is asking, by the order; where nothing in it is found, the address. */
    public Caller identity() {
        for (String kind : order) {
            Caller caller = find(kind);
            if (caller != null) {
                return caller;
            }
        }
        return byAddress();
    }

    /**
     * Returns whether {@link #identity()} will depend on the user, and so may change with authentication: in the order the
     * user comes before what the request already has.
     */
    public boolean needsUser() {
        for (String kind : order) {
            if (kind.equals(Identity.USER)) {
                return true;
            }
            if (kind.equals(Identity.IP) || key().caller() != null) {
                return false;
            }
        }
        return false;
    }

    /**
     * Returns whose quota is counted under a kind of key.
     *
     * @param kind {@code api-key}, {@code user}, {@code ip} or {@code global}; any other one counts as absent
     * @return the caller; where the kind is absent, {@link Identity#absent its stand-in}, without a tier
     */
    public Caller byKind(String kind) {
        Caller caller = find(kind);
        return caller != null ? caller : new Caller(Identity.absent(kind, address()), null);
    }

    /** Returns whether the request presents an API key that is known. */
    public boolean hasKnownApiKey() {
        return key().known() != null;
    }

    /** Returns the known API key that the request presents. */
    public Optional<ApiKey> apiKey() {
        return Optional.ofNullable(key().known());
    }

    /** Returns whether any API key that the request presents, the only one or one of several, has one of the names. */
    boolean presentsKeyOf(Set<String> names) {
        ApiKey known = key().known();
        return known == null ? apiKeys.hidesOneOf(names, request) : names.contains(known.name());
    }

    /** Returns the name of the authenticated user; empty if there is none (yet) or its name is empty. */
    public Optional<String> userName() {
        return Optional.ofNullable(user());
    }

    /** Returns the client address as {@link ClientAddress#of} gives it. */
    public String address() {
        findAddress();
        return address == null ? ClientAddress.UNKNOWN : address;
    }

    @Nullable
    ClientHop hop() {
        findAddress();
        return hop;
    }

    private void findAddress() {
        if (address == null) {
            hop = guard.call(Identity.IP, () -> clientAddress.find(request));
            address = clientAddress.text(hop);
        }
    }

    private @Nullable Caller find(String kind) {
        return switch (kind) {
            case Identity.API_KEY -> key().caller();
            case Identity.USER -> byUser();
            case Identity.IP -> byAddress();
            case Identity.GLOBAL -> new Caller(Identity.global(), null);
            default -> null;
        };
    }

    private Caller byAddress() {
        return new Caller(Identity.ofIp(address()), null);
    }

    private @Nullable Caller byUser() {
        String name = user();
        if (name == null) {
            return null;
        }
        Caller known = lastUser;
        if (known == null || !known.identity().value().equals(name)) {
            known = new Caller(Identity.ofUser(name), tierOf(name));
            lastUser = known;
        }
        return known;
    }

    private @Nullable String tierOf(String name) {
        TierResolver resolver = tiers;
        return resolver == null ? null : guard.call("tier", () -> resolver.tierOf(name));
    }

    private @Nullable String user() {
        String name = guard.call(Identity.USER, request::userName);
        return name == null || name.isEmpty() ? null : name;
    }

    private PresentedKey key() {
        PresentedKey found = key;
        if (found == null) {
            found = apiKeys.read(request);
            key = found;
        }
        return found;
    }
}
