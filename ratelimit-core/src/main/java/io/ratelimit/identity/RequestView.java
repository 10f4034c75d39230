package io.ratelimit.identity;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The little of a request that tells who is asking, as it came over the connection: nothing in it may have been rewritten
 * from forwarded headers.
 *
 * <p>An instance belongs to one request and need not be safe for several threads.
 */
public interface RequestView {
    /** Returns the literal of the address at the other end of the connection; may be empty or malformed. */
    String remoteAddress();

    /**
     * Returns every line of a header in the order received, one element each, not split at commas; empty if there is none.
     *
     * @param name the header's name, in any case
     */
    List<String> headers(String name);

    /**
     * Returns every value of a parameter in the query string, decoded, in order; empty if there is none. Parameters of a
     * form in the body are not among them.
     *
     * @param name the parameter's name, in its exact case
     */
    List<String> queryParameters(String name);

    /** Returns the name of the authenticated principal; {@code null} if nobody is authenticated (yet). */
    @Nullable
    String userName();
}
