package io.ratelimit.sample;

/** The Redis that comes with the sample does not run on this machine. */
final class EmbeddedRedisException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    EmbeddedRedisException(Throwable cause) {
        super(
                "The Redis that comes with the sample does not start on " + System.getProperty("os.name") + " "
                        + System.getProperty("os.arch") + ": " + cause.getMessage(),
                cause);
    }
}
