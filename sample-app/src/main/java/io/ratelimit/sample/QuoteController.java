package io.ratelimit.sample;

import io.ratelimit.spring.annotation.RateLimited;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
class QuoteController {
    /** Limited where it is written, and by the default, which no rule replaces here. */
    @RateLimited(limit = 5, window = "1m")
    @GetMapping("/quote")
    Quote quote() {
        return new Quote("Festina lente.", "Augustus");
    }

    record Quote(String text, String author) {}
}
