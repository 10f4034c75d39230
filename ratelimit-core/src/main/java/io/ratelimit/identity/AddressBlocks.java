package io.ratelimit.identity;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Any number of address blocks, asked as one set in time logarithmic in their number.
 *
 * <p>Immutable and safe for any number of threads.
 */
public final class AddressBlocks {
    private static final AddressBlocks NONE = new AddressBlocks(List.of());

    /** Without those that lie in another one, so that the only candidate is the last that starts at or before an address. */
    private final List<AddressBlock> disjoint;

    private AddressBlocks(List<AddressBlock> blocks) {
        List<AddressBlock> sorted = new ArrayList<>(blocks);
        sorted.sort(
                Comparator.comparing(AddressBlock::first, IpAddress::compareTo).thenComparingInt(AddressBlock::prefix));
        List<AddressBlock> kept = new ArrayList<>();
        for (AddressBlock block : sorted) {
            if (kept.isEmpty() || !kept.get(kept.size() - 1).contains(block)) {
                kept.add(block);
            }
        }
        this.disjoint = List.copyOf(kept);
    }

    /** Returns the set without any address. */
    public static AddressBlocks none() {
        return NONE;
    }

    /** Returns the set of all addresses in these blocks. */
    public static AddressBlocks of(List<AddressBlock> blocks) {
        return blocks.isEmpty() ? NONE : new AddressBlocks(blocks);
    }

    /**
     * Reads a list of blocks.
     *
     * @param name the setting's name, for messages
     * @param texts the blocks as {@link AddressBlock#parse} reads them
     * @throws IllegalArgumentException on the first that is malformed; the message names it as {@code name[index]}
     */
    public static AddressBlocks parse(String name, List<String> texts) {
        List<AddressBlock> blocks = new ArrayList<>(texts.size());
        for (int i = 0; i < texts.size(); i++) {
            blocks.add(AddressBlock.parse(name + "[" + i + "]", texts.get(i)));
        }
        return of(blocks);
    }

    /** Returns whether there is no address in the set. */
    public boolean isEmpty() {
        return disjoint.isEmpty();
    }

    /** Returns whether an address is in the set. */
    public boolean contains(IpAddress address) {
        int low = 0;
        int high = disjoint.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (disjoint.get(middle).first().compareTo(address) <= 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low > 0 && disjoint.get(low - 1).contains(address);
    }

    /** Returns the blocks, such as {@code [10.0.0.0/8]}, without those that lie in another one. */
    @Override
    public String toString() {
        return disjoint.toString();
    }
}
