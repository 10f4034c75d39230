package io.ratelimit.spring.web.servlet;

import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** The catch-all that half of all applications have. */
@RestControllerAdvice
class CatchAll {
    @ExceptionHandler(IllegalArgumentException.class)
    ResponseEntity<String> bad(IllegalArgumentException failure) {
        return ResponseEntity.status(400).body("bad");
    }

    @ExceptionHandler(RuntimeException.class)
    ResponseEntity<String> any(RuntimeException failure) {
        return ResponseEntity.status(500).body("caught " + failure.getClass().getSimpleName());
    }
}
