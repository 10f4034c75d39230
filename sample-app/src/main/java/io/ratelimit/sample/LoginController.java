package io.ratelimit.sample;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

@RestController
class LoginController {
    private static final String USERNAME = "demo";
    private static final String PASSWORD = "secret";

    @PostMapping("/login")
    Login login(@RequestBody Credentials credentials) {
        String username = credentials.username();
        String password = credentials.password();
        if (username == null || username.isBlank() || password == null || password.isEmpty()) {
            throw new ResponseStatusException(HttpStatus.BAD_REQUEST, "username and password are required");
        }
        if (!username.equals(USERNAME) || !same(password, PASSWORD)) {
            throw new ResponseStatusException(HttpStatus.UNAUTHORIZED, "username or password is wrong");
        }
        return new Login(username);
    }

    /** Takes as long for a wrong text as for the right one. */
    private static boolean same(String given, String expected) {
        return MessageDigest.isEqual(given.getBytes(StandardCharsets.UTF_8), expected.getBytes(StandardCharsets.UTF_8));
    }

    record Credentials(@Nullable String username, @Nullable String password) {}

    record Login(String username) {}
}
