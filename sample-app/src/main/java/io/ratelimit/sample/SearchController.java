package io.ratelimit.sample;

import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
class SearchController {
    private final Catalog catalog;

    SearchController(Catalog catalog) {
        this.catalog = catalog;
    }

    @GetMapping("/search")
    Results search(@RequestParam(name = "q", defaultValue = "") String query) {
        return new Results(query, catalog.search(query));
    }

    record Results(String query, List<Catalog.Item> items) {}
}
