package io.ratelimit.sample;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** The few items that the sample has to show. */
@Component
class Catalog {
    private final List<Item> items =
            List.of(new Item(1, "hourglass"), new Item(2, "metronome"), new Item(3, "turnstile"));

    List<Item> items() {
        return items;
    }

    Optional<Item> item(long id) {
        return items.stream().filter(item -> item.id() == id).findFirst();
    }

    List<Item> search(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        return items.stream().filter(item -> item.name().contains(lower)).toList();
    }

    record Item(long id, String name) {}
}
