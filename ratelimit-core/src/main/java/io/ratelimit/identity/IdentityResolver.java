package io.ratelimit.identity;

import io.ratelimit.limit.InvalidValueException;
import io.ratelimit.limit.Quoted;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells who is asking, and whose quota is counted under each kind of key.
 *
 * <p>Every request has an answer: what is absent or fails is counted by address, and what throws is reported and counts as
 * absent. Where several questions are asked about one request, {@link #requester} spares the repeated look-ups.
 *
 * <p>Immutable and safe for any number of threads, if the registry, the tier resolver and the listener are.
 */
public final class IdentityResolver {
    /** The kinds that an order is made of, in the default order. */
    public static final List<String> DEFAULT_ORDER = List.of(Identity.API_KEY, Identity.USER, Identity.IP);

    private final List<String> order;
    private final ApiKeys apiKeys;
    private final ClientAddress clientAddress;
    private final @Nullable TierResolver tiers;
    private final Guard guard;

    /**
     * Creates the resolver.
     *
     * @param order {@code api-key}, {@code user} and {@code ip} in the order tried, each at most once; where none is found,
     *     or {@code ip} is not among them, the address is counted
     * @param apiKeys finds API keys
     * @param clientAddress finds addresses
     * @param tiers knows the users' tiers; {@code null}: they have none
     * @param errors is told when code of the application fails
     * @throws IllegalArgumentException if the order is empty, or a kind in it is unknown or repeated
     */
    public IdentityResolver(
            List<String> order,
            ApiKeys apiKeys,
            ClientAddress clientAddress,
            @Nullable TierResolver tiers,
            IdentityErrorListener errors) {
        this.order = checked(order);
        this.apiKeys = Objects.requireNonNull(apiKeys, "apiKeys");
        this.clientAddress = Objects.requireNonNull(clientAddress, "clientAddress");
        this.tiers = tiers;
        this.guard = new Guard(errors);
    }

    private static List<String> checked(List<String> order) {
        String expected = "some of " + String.join(", ", DEFAULT_ORDER) + ", each once";
        if (order.isEmpty()) {
            throw new InvalidValueException("order", "nothing", expected);
        }
        for (String kind : order) {
            if (!DEFAULT_ORDER.contains(kind)) {
                throw new InvalidValueException("order", Quoted.text(kind), expected);
            }
        }
        if (Set.copyOf(order).size() < order.size()) {
            throw new InvalidValueException("order", String.join(", ", order), expected);
        }
        return List.copyOf(order);
    }

    /** Returns the answers about one request, each found when it is first asked for. */
    public Requester requester(RequestView request) {
        return new Requester(request, order, apiKeys, clientAddress, tiers, guard);
    }

    /** Returns who is asking, by the order. */
    public Caller identity(RequestView request) {
        return requester(request).identity();
    }

    /**
     * Returns whose quota is counted for an address that is known from elsewhere than a request, as
     * {@link ClientAddress#grouped} counts it.
     */
    public Identity ofAddress(String text) {
        return Identity.ofIp(clientAddress.grouped(text));
    }

    /** Returns whether the request presents an API key that is known, wherever in the order it stands. */
    public boolean hasKnownApiKey(RequestView request) {
        return requester(request).hasKnownApiKey();
    }
}
