package io.ratelimit.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisException;
import io.lettuce.core.protocol.RedisProtocolException;
import io.ratelimit.store.StoreException;
import io.ratelimit.store.StoreException.Fate;
import io.ratelimit.store.StoreException.Kind;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Says which kind of failure an error is.
 *
 * <p>A server's error begins with a code in capitals. One that was met within the script is wrapped by Redis 6:
 * {@code ERR Error running script (...): @user_script: 77: -READONLY You can't write ...}; later versions pass it on as it
 * is. Lettuce has types for four codes only, so that the text decides.
 */
final class RedisErrors {
    private static final Map<String, Kind> BY_CODE = Map.ofEntries(
            Map.entry("READONLY", Kind.READONLY),
            Map.entry("LOADING", Kind.LOADING),
            Map.entry("OOM", Kind.OOM),
            Map.entry("MISCONF", Kind.MISCONF),
            Map.entry("NOREPLICAS", Kind.NO_REPLICAS),
            Map.entry("MASTERDOWN", Kind.MASTER_DOWN),
            Map.entry("BUSY", Kind.BUSY),
            Map.entry("UNKILLABLE", Kind.BUSY),
            Map.entry("NOSCRIPT", Kind.NOSCRIPT),
            Map.entry("NOAUTH", Kind.AUTH),
            Map.entry("WRONGPASS", Kind.AUTH),
            Map.entry("DENIED", Kind.AUTH),
            Map.entry("NOPERM", Kind.PERMISSION),
            Map.entry("CLUSTERDOWN", Kind.CLUSTER_DOWN),
            Map.entry("MOVED", Kind.MOVED),
            Map.entry("ASK", Kind.MOVED),
            Map.entry("TRYAGAIN", Kind.TRY_AGAIN),
            Map.entry("CROSSSLOT", Kind.CROSS_SLOT),
            Map.entry("WRONGTYPE", Kind.WRONG_TYPE));

    /** Errors of the general code {@code ERR}, by a part of their text in lower case. */
    private static final Map<String, Kind> BY_TEXT = Map.ofEntries(
            Map.entry("max number of clients", Kind.MAX_CLIENTS),
            Map.entry("unknown command", Kind.UNKNOWN_COMMAND),
            Map.entry("unknown redis command", Kind.UNKNOWN_COMMAND),
            Map.entry("while the cluster is down", Kind.CLUSTER_DOWN),
            Map.entry("slot not served", Kind.CLUSTER_DOWN),
            Map.entry("cluster support disabled", Kind.UNKNOWN_COMMAND),
            Map.entry("the user executing the script can't", Kind.PERMISSION),
            Map.entry("acl failure in script", Kind.PERMISSION),
            Map.entry("invalid password", Kind.AUTH),
            Map.entry("without any password configured", Kind.AUTH),
            Map.entry("no password is set", Kind.AUTH));

    /** What need not be said by a server, so that of a lost connection the kind is that it is lost. */
    private static final Set<Kind> NOT_SAID_BY_SERVERS = EnumSet.of(Kind.TIMEOUT, Kind.CONNECTION, Kind.OTHER);

    /** What a script may meet at any command that it runs. */
    private static final Set<Kind> MET_AT_ANY_COMMAND =
            EnumSet.of(Kind.PERMISSION, Kind.UNKNOWN_COMMAND, Kind.WRONG_TYPE, Kind.OTHER);

    private static final Pattern IN_SCRIPT = Pattern.compile(
            "user_script|(in|from|called from|running) (the |this )?(Lua )?script", Pattern.CASE_INSENSITIVE);

    /** Where a server begins to repeat what it was sent, which may be a password. */
    private static final String REPEATED = "with args beginning with";

    /** What Lettuce says of a call that it does not send. */
    private static final List<String> QUEUE_FULL = List.of("queue size exceeded", "stack size exceeded");

    private static final List<String> NOT_CONNECTED = List.of("Commands are rejected", "Connection is closed");

    private static final Pattern REFUSED_COMMAND =
            Pattern.compile("permissions to run the '([a-zA-Z|-]{1,32})' command");
    private static final Pattern CODE = Pattern.compile("^-?([A-Z]+)\\b");
    private static final Pattern CODE_IN_SCRIPT = Pattern.compile("user_script: ?\\d+: -?([A-Z]{3,})\\b");

    private RedisErrors() {}

    /** Returns the failure as one of the store. The message names the kind, never a key, an address or a secret. */
    static StoreException toStoreException(Throwable failure) {
        if (failure instanceof StoreException known) {
            return known;
        }
        Kind kind = kindOf(failure);
        return new StoreException(kind, "Redis: " + meaning(kind) + detail(kind, failure), withoutArguments(failure));
    }

    /**
     * Returns the failure of a call as one of the store.
     *
     * @param connection over which it was called, and with which it was lost unless the server has answered
     */
    static StoreException ofCall(Throwable failure, Object connection) {
        StoreException told = toStoreException(failure);
        if (isAnswer(failure)) {
            return mayHaveWritten(told.kind(), saidBy(failure)) ? told.withFate(Fate.UNKNOWN) : told;
        }
        return new StoreException(
                told.kind(),
                String.valueOf(told.getMessage()),
                told.getCause(),
                connection,
                isUnsent(failure) ? Fate.NOT_CARRIED_OUT : Fate.UNKNOWN);
    }

    /**
     * Returns the failure of a call that was not sent, because there is no connection. Its kind says so, unless a server
     * said why it turned the client away; its message names the reason either way.
     *
     * @param reason why there is no connection; {@code null} if all that is known is that there is none
     * @param incident since when, such as the connection that was lost; the same object for all such calls
     */
    static StoreException notConnected(@Nullable StoreException reason, Object incident) {
        Kind why = reason == null ? Kind.CONNECTION : reason.kind();
        Kind kind = NOT_SAID_BY_SERVERS.contains(why) ? Kind.CONNECTION : why;
        return new StoreException(
                kind, "Redis: not connected, " + meaning(why), reason, incident, Fate.NOT_CARRIED_OUT);
    }

    /** Returns the failure of a server that refuses commands which some counter needs sometime. */
    static StoreException refusal(Kind kind, List<String> commands) {
        return new StoreException(kind, "Redis: " + meaning(kind) + toRun(kind) + String.join(", ", commands), null);
    }

    /**
     * Returns the failure of a server that is addressed as if it were alone and is one of several nodes of a cluster.
     *
     * @param answer what it answered to a call; {@code null} if it was asked about itself
     */
    static StoreException nodeOfCluster(@Nullable StoreException answer) {
        return new StoreException(
                Kind.MOVED,
                "Redis: the server is a node of a cluster, and other nodes have slots of it (expected: the nodes of the cluster,"
                        + " such as spring.data.redis.cluster.nodes)",
                answer);
    }

    /** Returns the failure of a call that was not answered in time. */
    static StoreException overdue(Object connection) {
        return new StoreException(Kind.TIMEOUT, "Redis: " + meaning(Kind.TIMEOUT), null, connection, Fate.UNKNOWN);
    }

    /**
     * Returns whether the script may have written something before it met the error. A command that is refused for the state
     * of the server is the first one that writes.
     */
    private static boolean mayHaveWritten(Kind kind, String serverError) {
        return MET_AT_ANY_COMMAND.contains(kind)
                && IN_SCRIPT.matcher(serverError).find();
    }

    /** Returns whether the server said so, which means that the connection is sound. */
    static boolean isAnswer(Throwable failure) {
        return failure instanceof RedisCommandExecutionException;
    }

    /** Returns whether it goes back to what a server said, if only to the attempt to connect. */
    static boolean wasAnswered(Throwable failure) {
        return isCausedBy(failure, RedisCommandExecutionException.class);
    }

    /** Returns whether it, or what it goes back to, is of this type. */
    static boolean isCausedBy(Throwable failure, Class<? extends Throwable> type) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return true;
            }
        }
        return false;
    }

    static boolean isUnknownScript(Throwable failure) {
        return kindOf(failure) == Kind.NOSCRIPT;
    }

    /** Returns the kind of what a server answered. */
    static Kind kindOf(String serverError) {
        Kind kind = byCode(CODE_IN_SCRIPT, serverError);
        if (kind == null) {
            kind = byCode(CODE, serverError);
        }
        if (kind != null) {
            return kind;
        }
        String text = serverError.toLowerCase(Locale.ROOT);
        for (Map.Entry<String, Kind> entry : BY_TEXT.entrySet()) {
            if (text.contains(entry.getKey())) {
                return entry.getValue();
            }
        }
        return Kind.OTHER;
    }

    private static @Nullable Kind byCode(Pattern pattern, String serverError) {
        Matcher matcher = pattern.matcher(serverError);
        return matcher.find() ? BY_CODE.get(matcher.group(1)) : null;
    }

    private static String detail(Kind kind, Throwable failure) {
        return switch (kind) {
            case PERMISSION -> refusedCommand(failure);
            case CONNECTION -> ConnectFailure.reason(failure);
            default -> "";
        };
    }

    private static String toRun(Kind kind) {
        return kind == Kind.PERMISSION ? " to run " : ": ";
    }

    /** Returns the command that the user may not run, as far as the server names it. */
    private static String refusedCommand(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            Matcher refused = REFUSED_COMMAND.matcher(String.valueOf(cause.getMessage()));
            if (refused.find()) {
                return toRun(Kind.PERMISSION) + refused.group(1).toUpperCase(Locale.ROOT);
            }
        }
        return "";
    }

    /** An unknown command is told with its arguments, and the command may be one that logs in. */
    private static Throwable withoutArguments(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String text = String.valueOf(cause.getMessage());
            int repeated = text.indexOf(REPEATED);
            if (repeated >= 0) {
                return new RedisCommandExecutionException(text.substring(0, repeated) + "...");
            }
        }
        return failure;
    }

    /** What the server said, deep inside, weighs more than that the connection failed for it. */
    private static Kind kindOf(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof StoreException known) {
                return known.kind();
            }
            if (cause instanceof RedisCommandExecutionException) {
                return kindOf(String.valueOf(cause.getMessage()));
            }
            if (cause instanceof RedisCommandTimeoutException
                    || cause instanceof TimeoutException
                    || isQueueFull(cause)) {
                return Kind.TIMEOUT;
            }
            if (cause instanceof RedisProtocolException) {
                return Kind.OTHER;
            }
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (isOfConnection(cause)) {
                return Kind.CONNECTION;
            }
        }
        return Kind.OTHER;
    }

    private static boolean isOfConnection(Throwable cause) {
        return cause instanceof RedisException
                || cause instanceof IOException
                || cause instanceof CancellationException;
    }

    /** So many calls wait to be sent, or for an answer, that Lettuce takes no more; it has no type for that. */
    private static boolean isQueueFull(Throwable cause) {
        return cause instanceof RedisException && QUEUE_FULL.stream().anyMatch(saidBy(cause)::contains);
    }

    /** Returns whether the client itself turned a call away, so that no server has seen it. */
    private static boolean isUnsent(Throwable failure) {
        return isQueueFull(failure)
                || (failure instanceof RedisException && NOT_CONNECTED.stream().anyMatch(saidBy(failure)::contains));
    }

    private static String saidBy(Throwable failure) {
        return String.valueOf(failure.getMessage());
    }

    private static String meaning(Kind kind) {
        return switch (kind) {
            case TIMEOUT -> "no answer within the deadline";
            case CONNECTION -> "the connection could not be opened or was lost";
            case READONLY -> "the server is a replica and takes no writes";
            case LOADING -> "the server is loading its data";
            case OOM -> "the server's memory is full";
            case MISCONF -> "the server cannot save its data and takes no writes";
            case NO_REPLICAS -> "the server misses replicas and takes no writes";
            case MASTER_DOWN -> "the server is a replica that has lost its master";
            case BUSY -> "another script is blocking the server";
            case NOSCRIPT -> "the script is unknown even after it was sent";
            case MAX_CLIENTS -> "the server takes no more clients";
            case AUTH -> "the server does not accept the credentials";
            case PERMISSION -> "the user lacks a permission";
            case UNKNOWN_COMMAND -> "the server does not have a command";
            case CLUSTER_DOWN -> "the cluster does not serve the slot";
            case MOVED -> "another node of the cluster has the slot";
            case TRY_AGAIN -> "the keys are being moved apart";
            case CROSS_SLOT -> "the keys of one call belong to several slots";
            case WRONG_TYPE -> "a key holds another type";
            case OTHER -> "an error or a reply that is not expected";
        };
    }
}
