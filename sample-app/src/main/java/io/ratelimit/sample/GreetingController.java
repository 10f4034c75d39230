package io.ratelimit.sample;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** The same answer with the default limit and without any limit. */
@RestController
class GreetingController {
    @GetMapping("/protected")
    Greeting read() {
        return new Greeting("hello from behind the default limit");
    }

    @PostMapping("/protected")
    Greeting write() {
        return new Greeting("written behind the default limit");
    }

    @GetMapping("/hello")
    Greeting unlimited() {
        return new Greeting("hello without a limit");
    }

    record Greeting(String message) {}
}
