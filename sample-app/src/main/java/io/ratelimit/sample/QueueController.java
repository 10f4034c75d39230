package io.ratelimit.sample;

import java.time.Clock;
import java.time.Instant;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
class QueueController {
    private final Clock clock = Clock.systemUTC();

    /** Tells when the request's turn came. */
    @GetMapping("/queue")
    Turn queue() {
        return new Turn(clock.instant());
    }

    record Turn(Instant servedAt) {}
}
