package io.ratelimit.redis;

import io.lettuce.core.RedisReadOnlyException;
import io.lettuce.core.protocol.CommandType;
import io.ratelimit.store.StoreException.Kind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Lets a connection pass only if it leads to a master. */
final class MasterCheck {
    private static final byte[] MASTER = "master".getBytes(StandardCharsets.US_ASCII);

    private final Duration patience;

    /**
     * Creates a check.
     *
     * @param patience how long a server may take to answer
     */
    MasterCheck(Duration patience) {
        this.patience = patience;
    }

    /** Returns the connection if it leads to a master. Otherwise closes it, and fails with the reason. */
    CompletionStage<ScriptConnection> pass(CompletionStage<ScriptConnection> connecting) {
        return connecting.thenCompose(opened -> opened.ask(CommandType.ROLE)
                .toCompletableFuture()
                .orTimeout(patience.toNanos(), TimeUnit.NANOSECONDS)
                .handle((role, failure) -> decide(opened, role, failure))
                .thenCompose(decided -> decided));
    }

    private static CompletionStage<ScriptConnection> decide(
            ScriptConnection opened, @Nullable List<Object> role, @Nullable Throwable failure) {
        if (role == null ? mayNotSay(failure) : isMaster(role)) {
            return CompletableFuture.completedFuture(opened);
        }
        opened.close();
        return CompletableFuture.failedFuture(
                failure == null ? new RedisReadOnlyException("READONLY It is a replica") : failure);
    }

    private static boolean isMaster(List<Object> role) {
        return !role.isEmpty() && role.get(0) instanceof byte[] name && Arrays.equals(name, MASTER);
    }

    /** Where the user may not run {@code ROLE}, the server is taken for a master. */
    private static boolean mayNotSay(@Nullable Throwable failure) {
        return failure != null
                && RedisErrors.isAnswer(failure)
                && RedisErrors.toStoreException(failure).kind() == Kind.PERMISSION;
    }
}
