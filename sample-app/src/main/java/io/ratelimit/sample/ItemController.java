package io.ratelimit.sample;

import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

@RestController
@RequestMapping("/api/items")
class ItemController {
    private final Catalog catalog;

    ItemController(Catalog catalog) {
        this.catalog = catalog;
    }

    @GetMapping
    List<Catalog.Item> items() {
        return catalog.items();
    }

    @GetMapping("/{id}")
    Catalog.Item item(@PathVariable long id) {
        return catalog.item(id)
                .orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND, "there is no item " + id));
    }
}
