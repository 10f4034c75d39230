package io.ratelimit.spring.autoconfigure;

/**
 * Where the counters live, and why there.
 *
 * @param id the name of the backend in health and metrics, such as {@code redis}
 * @param place where that is, in words and without credentials
 * @param reason what decided it
 * @param isSecondBest whether the application has another backend, which cannot be used
 */
public record BackendChoice(String id, String place, String reason, boolean isSecondBest) {
    /** The reason where the configuration names the backend. */
    public static final String ASKED_FOR = "ratelimit.backend says so";

    /** Describes a backend that is the best there is. */
    public BackendChoice(String id, String place, String reason) {
        this(id, place, reason, false);
    }

    static BackendChoice memory(String reason, boolean isSecondBest) {
        return new BackendChoice("memory", "the memory of this instance", reason, isSecondBest);
    }
}
