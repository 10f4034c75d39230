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

    private static final String UNEXPECTED = "A store failed unexpectedly";

    private final Kind kind;
    private final Fate fate;
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
        /** The server cannot save its data and therefore takes no writes. */
        MISCONF,
        /** The server has fewer replicas than it wants, and therefore takes no writes. */
        NO_REPLICAS,
        /** The server is a replica that has lost its master and does not answer from old data. */
        MASTER_DOWN,
        /** A script is blocking the server. */
        BUSY,
        /** The script is unknown even after it was sent. */
        NOSCRIPT,
        /** The server has as many clients as it takes. */
        MAX_CLIENTS,
        /** Authentication is missing or wrong. */
        AUTH,
        /** The user lacks a permission for a command or key. */
        PERMISSION,
        /** The server does not have a command. */
        UNKNOWN_COMMAND,
        /** The cluster does not serve the slot. */
        CLUSTER_DOWN,
        /** The slot has moved and was not found again in time. */
        MOVED,
        /** The keys of one call are being moved apart. */
        TRY_AGAIN,
        /** The keys of one call belong to several slots of a cluster. */
        CROSS_SLOT,
        /** A key holds a value that is not a counter. */
        WRONG_TYPE,
        /** Anything else. */
        OTHER;

        /** Returns the name in metrics, such as {@code cluster-down}. */
        public String id() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** What became of a call that got no answer. */
    public enum Fate {
        /** The store did not carry it out. */
        NOT_CARRIED_OUT,
        /** The store may have carried it out, or may still do so. */
        UNKNOWN
    }

    /** Creates an exception of a kind. What became of the call is unknown after a timeout only. */
    public StoreException(Kind kind, String message, @Nullable Throwable cause) {
        this(kind, message, cause, null);
    }

    /**
     * Creates an exception of a call that was under way when it was lost together with others; what became of it is unknown.
     *
     * @param incident what they were lost with, such as a connection; the same object for all of them
     */
    public StoreException(Kind kind, String message, @Nullable Throwable cause, @Nullable Object incident) {
        this(
                kind,
                message,
                cause,
                incident,
                incident != null || kind == Kind.TIMEOUT ? Fate.UNKNOWN : Fate.NOT_CARRIED_OUT);
    }

    /**
     * Creates an exception.
     *
     * @param incident what the call failed with, together with others; {@code null} if it failed alone
     * @param fate what became of the call
     */
    public StoreException(Kind kind, String message, @Nullable Throwable cause, @Nullable Object incident, Fate fate) {
        super(message, cause);
        this.kind = Objects.requireNonNull(kind, "kind");
        this.incident = incident;
        this.fate = Objects.requireNonNull(fate, "fate");
    }

    /** Returns whether it stands for an exception of another type, which a store should not have failed with. */
    public boolean isUnexpected() {
        return kind == Kind.OTHER && UNEXPECTED.equals(getMessage());
    }

    /** Returns what became of the call. */
    public Fate fate() {
        return fate;
    }

    /** Returns the same failure of a call of which something else became. */
    public StoreException withFate(Fate other) {
        return other == fate ? this : new StoreException(kind, String.valueOf(getMessage()), this, incident, other);
    }

    /** Returns what the call was lost with, such as a connection: calls of one incident count as one failure. */
    public @Nullable Object incident() {
        return incident;
    }

    /** Asks a store, and makes a failed stage of whatever it throws; of nothing, too. */
    public static <T> CompletionStage<T> guard(Supplier<CompletionStage<T>> ask) {
        try {
            CompletionStage<T> asked = ask.get();
            return asked == null
                    ? CompletableFuture.failedFuture(new IllegalStateException("A store returned null"))
                    : asked;
        } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError defect) {
            return CompletableFuture.failedFuture(defect);
        }
    }

    /** Returns the failure of a stage as an exception of this type; one that is none of a store's is of kind other. */
    public static StoreException of(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof StoreException known ? known : new StoreException(Kind.OTHER, UNEXPECTED, cause);
    }

    /** Returns what went wrong. */
    public Kind kind() {
        return kind;
    }
}
