package io.ratelimit.identity;

import java.util.Objects;

/**
 * Who is never limited and who is always refused. Who is on both lists is refused: ask {@link #isBlocked} first.
 *
 * <p>Users are known after authentication only, so ask again then. An API key counts if it is known, also where unverified
 * keys are trusted as identities; of several keys in one request, one that is blocked is enough to refuse it, and none
 * exempts it. Who cannot be made out is on no list of addresses: an exemption needs the client's own
 * address, not that of a trusted proxy that did not tell whom it speaks for, and not an IPv4 address that an IPv6 address
 * claims to stand for. That one is enough to be refused.
 *
 * <p>Immutable and safe for any number of threads.
 */
public final class AccessLists {
    private final IdentityResolver resolver;
    private final AccessList exempt;
    private final AccessList blocked;

    /**
     * Creates the lists.
     *
     * @param resolver tells who is asking
     * @param exempt who is never limited
     * @param blocked who is always refused
     */
    public AccessLists(IdentityResolver resolver, AccessList exempt, AccessList blocked) {
        this.resolver = Objects.requireNonNull(resolver, "resolver");
        this.exempt = Objects.requireNonNull(exempt, "exempt");
        this.blocked = Objects.requireNonNull(blocked, "blocked");
    }

    /** Returns whether the request is never limited. */
    public boolean isExempt(RequestView request) {
        return isExempt(resolver.requester(request));
    }

    /** Returns whether the requester is never limited. */
    public boolean isExempt(Requester requester) {
        return exempt.hasOnlyKey(requester) || exempt.hasUser(requester) || exempt.hasAddress(requester);
    }

    /** Returns whether the request is always refused. */
    public boolean isBlocked(RequestView request) {
        return isBlocked(resolver.requester(request));
    }

    /** Returns whether the requester is always refused. */
    public boolean isBlocked(Requester requester) {
        return blocked.hasAnyKey(requester) || blocked.hasUser(requester) || blocked.mayHaveAddress(requester);
    }
}
