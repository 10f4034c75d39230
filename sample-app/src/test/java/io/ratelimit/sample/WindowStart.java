package io.ratelimit.sample;

import static org.awaitility.Awaitility.await;

import java.time.Duration;

/** The start of a window that is aligned to the epoch. */
final class WindowStart {
    private WindowStart() {}

    /** Waits until so much of the current window is left, if need be for the next one to start. */
    static void awaitRoom(Duration window, Duration room) {
        await().atMost(window).pollInterval(Duration.ofMillis(10)).until(() -> {
            long elapsed = System.currentTimeMillis() % window.toMillis();
            return window.toMillis() - elapsed >= room.toMillis();
        });
    }
}
