package io.ratelimit.spring.web.servlet;

import io.ratelimit.RateLimitExceededException;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ResponseBody;

/** A controller that answers denials of its own methods. */
@Controller
class Polite {
    private final Switchboard board;

    Polite(Switchboard board) {
        this.board = board;
    }

    @GetMapping("/polite")
    @ResponseBody
    String polite() {
        board.handled.incrementAndGet();
        return "polite";
    }

    @ExceptionHandler
    ResponseEntity<String> sorry(RateLimitExceededException denied) {
        return ResponseEntity.status(429).body("Sorry, " + denied.decision().limit() + " is all");
    }
}
