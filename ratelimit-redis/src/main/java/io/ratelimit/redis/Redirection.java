package io.ratelimit.redis;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a node of a cluster answers when it is another one's turn: {@code MOVED 3999 127.0.0.1:6381} once a slot has moved,
 * {@code ASK 3999 127.0.0.1:6381} for a key that has moved ahead of its slot.
 *
 * @param toStay whether the slot is there from now on
 * @param slot from 0 to 16383
 * @param target who has it; an empty host stands for the host of the node that says so, {@link SlotTable#NAMELESS} for none
 */
record Redirection(boolean toStay, int slot, Node target) {
    private static final int LARGEST_PORT = 0xFFFF;
    private static final Pattern FORM = Pattern.compile("^(MOVED|ASK) (\\d{1,5}) ([^\\s]*):(\\d{1,5})\\b");

    /** Reads a server's error; empty if it is another one. */
    static Optional<Redirection> parse(String serverError) {
        Matcher matcher = FORM.matcher(serverError);
        if (!matcher.find()) {
            return Optional.empty();
        }
        int slot = Integer.parseInt(matcher.group(2));
        int port = Integer.parseInt(matcher.group(4));
        return slot < SlotTable.SLOTS && port > 0 && port <= LARGEST_PORT
                ? Optional.of(new Redirection(matcher.group(1).equals("MOVED"), slot, new Node(matcher.group(3), port)))
                : Optional.empty();
    }
}
