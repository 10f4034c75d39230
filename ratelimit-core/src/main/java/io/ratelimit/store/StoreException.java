package io.ratelimit.store;

import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A store could not decide: it is slow, gone, or refuses. Not an error of the caller's input. */
public final class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Kind kind;
    private final transient @Nullable Object incident;

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
        this(kind, message, cause, null);
    }

    /**
     * Creates an exception of a call that was lost together with others.
     *
     * @param incident what they were lost with, such as a connection; the same object for all of them
     */
    public StoreException(Kind kind, String message, @Nullable Throwable cause, @Nullable Object incident) {
        super(message, cause);
        this.kind = Objects.requireNonNull(kind, "kind");
        this.incident = incident;
    }

    /** Returns what the call was lost with, such as a connection: calls of one incident count as one failure. */
    public @Nullable Object incident() {
        return incident;
    }

    /** Asks a store, and makes a failed stage of what it throws. */
    public static <T> CompletionStage<T> guard(Supplier<CompletionStage<T>> ask) {
        try {
            return ask.get();
        } catch (RuntimeException defect) {
            return CompletableFuture.failedFuture(defect);
        }
    }

    /** Returns the failure of a stage as an exception of this type; one that is none of a store's is of kind other. */
    public static StoreException of(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof StoreException known
                ? known
                : new StoreException(Kind.OTHER, "A store failed unexpectedly", cause);
    }

    /** Returns what went wrong. */
    public Kind kind() {
        return kind;
    }
}
