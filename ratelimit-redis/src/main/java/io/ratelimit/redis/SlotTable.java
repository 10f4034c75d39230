package io.ratelimit.redis;

import io.lettuce.core.cluster.SlotHash;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which node of a cluster has each slot. Immutable. */
final class SlotTable {
    /** How many slots a cluster has. */
    static final int SLOTS = SlotHash.SLOT_COUNT;

    /** Nothing is known. */
    static final SlotTable UNKNOWN = new SlotTable(new Node[SLOTS], Set.of());

    /** The host of a node that has no name in a cluster of which the nodes are to be reached by name. */
    static final String NAMELESS = "?";

    private static final int LARGEST_PORT = 0xFFFF;

    private final @Nullable Node[] bySlot;
    private final Set<Node> nodes;

    private SlotTable(@Nullable Node[] bySlot, Set<Node> nodes) {
        this.bySlot = bySlot;
        this.nodes = Set.copyOf(nodes);
    }

    /**
     * Reads the reply to {@code CLUSTER SLOTS}: for each range its first and last slot, then its nodes, the master first,
     * each with its host and port. The slots of a master that nobody can reach by what is said of it, such as one without a
     * port, are nobody's.
     *
     * @param asked who replied, and whose host stands where the reply has none
     * @throws IllegalArgumentException if it is no such reply
     */
    static SlotTable of(List<?> reply, Node asked) {
        @Nullable Node[] bySlot = new Node[SLOTS];
        Set<Node> nodes = new HashSet<>();
        for (Object range : reply) {
            List<?> parts = list(range);
            if (parts.size() < 3) {
                throw unexpected(range);
            }
            int first = number(parts.get(0), SLOTS - 1);
            int last = number(parts.get(1), SLOTS - 1);
            if (last < first) {
                throw unexpected(range);
            }
            Node master = node(list(parts.get(2)), asked);
            if (master != null) {
                Arrays.fill(bySlot, first, last + 1, master);
                nodes.add(master);
            }
        }
        return new SlotTable(bySlot, nodes);
    }

    /** Returns where a node is reached, or {@code null} if that is not said. */
    private static @Nullable Node node(List<?> parts, Node asked) {
        if (parts.size() < 2) {
            throw unexpected(parts);
        }
        String host = text(parts.get(0));
        int port = number(parts.get(1), LARGEST_PORT);
        Node said = located(new Node(host.equals(NAMELESS) ? address(parts) : host, port), asked);
        return port == 0 || said.host().equals(NAMELESS) ? null : said;
    }

    /** Returns what is said besides of a node that has no name, in pairs such as {@code ip 10.0.0.2}. */
    private static String address(List<?> parts) {
        if (parts.size() > 3 && parts.get(3) instanceof List<?> pairs) {
            for (int i = 0; i + 1 < pairs.size(); i += 2) {
                if (text(pairs.get(i)).equals("ip") && !text(pairs.get(i + 1)).isEmpty()) {
                    return text(pairs.get(i + 1));
                }
            }
        }
        return NAMELESS;
    }

    /**
     * Returns a node as it is reached, after one has named it: without a host it is where the one who says so is. A {@link
     * #NAMELESS} one stays what it is.
     */
    static Node located(Node said, Node by) {
        return said.host().isEmpty() ? new Node(by.host(), said.port()) : said;
    }

    private static String text(@Nullable Object part) {
        return part instanceof byte[] bytes ? new String(bytes, StandardCharsets.US_ASCII) : "";
    }

    private static List<?> list(Object part) {
        if (part instanceof List<?> parts) {
            return parts;
        }
        throw unexpected(part);
    }

    private static int number(Object part, int most) {
        if (part instanceof Long number && number >= 0 && number <= most) {
            return number.intValue();
        }
        throw unexpected(part);
    }

    private static IllegalArgumentException unexpected(Object part) {
        return new IllegalArgumentException(
                "CLUSTER SLOTS: a reply with " + part.getClass().getSimpleName()
                        + " where it does not belong (expected: ranges of slots with their nodes)");
    }

    /** Returns who has the slot, or {@code null} if nobody is known to. */
    @Nullable
    Node of(int slot) {
        return bySlot[slot];
    }

    /** Returns whether no slot has anybody. */
    boolean isEmpty() {
        return nodes.isEmpty();
    }

    /** Returns everybody who has a slot, and maybe some whose last one has moved. */
    Set<Node> nodes() {
        return nodes;
    }

    /** Returns a table in which a slot has moved. */
    SlotTable with(int slot, Node node) {
        @Nullable Node[] changed = bySlot.clone();
        changed[slot] = node;
        Set<Node> known = new HashSet<>(nodes);
        known.add(node);
        return new SlotTable(changed, known);
    }
}
