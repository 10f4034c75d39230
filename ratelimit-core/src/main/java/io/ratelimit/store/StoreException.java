package io.ratelimit.store;

import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A store could not decide: it is slow, gone, or refuses. Not an error of the caller's input. */
public final class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Kind kind;

    /** What went wrong, as a metric tag. */
    public enum Kind {
        /** No answer within the deadline. */
        TIMEOUT,
        /** There is no connection, or it was lost. */
        CONNECTION,
        /** The server is a replica that does not take writes. */
        READONLY,
        /** The server is loading its data after a start. */
        LOADING,
        /** The server's memory is full. */
        OOM,
        /** A script is blocking the server. */
        BUSY,
        /** The script is unknown even after it was sent. */
        NOSCRIPT,
        /** Authentication is missing or wrong. */
        AUTH,
        /** The user lacks a permission for a command or key. */
        PERMISSION,
        /** The cluster does not serve the slot. */
        CLUSTER_DOWN,
        /** The slot has moved and was not found again in time. */
        MOVED,
        /** The keys of one call are being moved apart. */
        TRY_AGAIN,
        /** A key holds a value that is not a counter. */
        WRONG_TYPE,
        /** Anything else. */
        OTHER;

        /** Returns the name in metrics, such as {@code cluster-down}. */
        public String id() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** Creates an exception of a kind. */
    public StoreException(Kind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = Objects.requireNonNull(kind, "kind");
    }

    /** Returns what went wrong. */
    public Kind kind() {
        return kind;
    }
}
