package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.protocol.RedisProtocolException;
import io.ratelimit.store.StoreException;
import io.ratelimit.store.StoreException.Fate;
import io.ratelimit.store.StoreException.Kind;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.assertj.core.util.Throwables;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedisErrorsTest {
    private static final Object INCIDENT = new Object();

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            READONLY        | READONLY You can't write against a read only replica.
            READONLY        | READONLY You can't write against a read only replica. script: 2d94, on @user_script:77.
            READONLY        | ERR Error running script (call to f_2d94): @user_script:77: @user_script: 77: -READONLY You can't write against a read only replica.
            LOADING         | LOADING Redis is loading the dataset in memory
            LOADING         | LOADING Valkey is loading the dataset in memory
            OOM             | OOM command not allowed when used memory > 'maxmemory'. script: 2d94, on @user_script:77.
            OOM             | ERR Error running script (call to f_2d94): @user_script:77: @user_script: 77: -OOM command not allowed when used memory > 'maxmemory'.
            BUSY            | BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.
            BUSY            | UNKILLABLE Sorry the script already executed write commands against the dataset.
            NOSCRIPT        | NOSCRIPT No matching script. Please use EVAL.
            AUTH            | NOAUTH Authentication required.
            AUTH            | NOAUTH HELLO must be called with the client already authenticated
            AUTH            | WRONGPASS invalid username-password pair or user is disabled.
            AUTH            | ERR invalid password
            AUTH            | ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?
            AUTH            | ERR Client sent AUTH, but no password is set
            PERMISSION      | NOPERM this user has no permissions to run the 'evalsha' command
            PERMISSION      | NOPERM this user has no permissions to access one of the keys used as arguments
            PERMISSION      | ERR The user executing the script can't run this command or subcommand script: 2d94, on @user_script:58.
            PERMISSION      | ERR Error running script (call to f_2d94): @user_script:58: @user_script: 58: The user executing the script can't run this command or subcommand
            PERMISSION      | ERR ACL failure in script: User limited has no permissions to run the 'get' command script: 2d94, on @user_script:58.
            UNKNOWN_COMMAND | ERR unknown command `EVALSHA`, with args beginning with:
            UNKNOWN_COMMAND | ERR unknown command 'evalsha', with args beginning with:
            UNKNOWN_COMMAND | ERR Error running script (call to f_2d94): @user_script:58: @user_script: 58: Unknown Redis command called from Lua script
            UNKNOWN_COMMAND | ERR Unknown Redis command called from script script: 2d94, on @user_script:58.
            UNKNOWN_COMMAND | ERR This instance has cluster support disabled
            CLUSTER_DOWN    | CLUSTERDOWN The cluster is down
            CLUSTER_DOWN    | CLUSTERDOWN Hash slot not served
            CLUSTER_DOWN    | ERR Script attempted to execute a command while the cluster is down script: 2d94, on @user_script:77.
            CLUSTER_DOWN    | ERR Script attempted to execute a write command while the cluster is down and readonly script: 2d94, on @user_script:77.
            CLUSTER_DOWN    | ERR Error running script (call to f_2d94): @user_script:77: @user_script: 77: Lua script attempted to execute a command while the cluster is down
            CLUSTER_DOWN    | ERR Script attempted to access a slot not served script: 2d94, on @user_script:77.
            OTHER           | ERR Script attempted to access a non local key in a cluster node script: 2d94, on @user_script:77.
            MASTER_DOWN     | MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.
            MOVED           | MOVED 3999 127.0.0.1:6381
            MOVED           | ASK 3999 127.0.0.1:6381
            TRY_AGAIN       | TRYAGAIN Multiple keys request during rehashing of slot
            WRONG_TYPE      | WRONGTYPE Operation against a key holding the wrong kind of value
            MAX_CLIENTS     | ERR max number of clients reached
            MAX_CLIENTS     | ERR max number of clients + cluster connections reached
            AUTH            | DENIED Redis is running in protected mode because protected mode is enabled and no password is set for the default user.
            MISCONF         | MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk.
            MISCONF         | MISCONF Errors writing to the AOF file: No space left on device
            MISCONF         | ERR Error running script (call to f_2d94): @user_script:77: @user_script: 77: -MISCONF Redis is configured to save RDB snapshots
            NO_REPLICAS     | NOREPLICAS Not enough good replicas to write.
            NO_REPLICAS     | ERR Error running script (call to f_2d94): @user_script:77: @user_script: 77: -NOREPLICAS Not enough good replicas to write.
            CROSS_SLOT      | CROSSSLOT Keys in request don't hash to the same slot
            OTHER           | ERR something nobody has seen
            OTHER           | BUSYGROUP Consumer Group name already exists
            """)
    void knowsTheKindOfEachServerError(Kind kind, String text) {
        assertThat(RedisErrors.kindOf(text)).isEqualTo(kind);
        assertThat(RedisErrors.toStoreException(new RedisCommandExecutionException(text)))
                .hasMessageStartingWith("Redis: ")
                .satisfies(failure -> assertThat(failure.kind()).isEqualTo(kind));
    }

    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of(Kind.TIMEOUT, new RedisCommandTimeoutException("Command timed out")),
                Arguments.of(Kind.TIMEOUT, new CompletionException(new TimeoutException())),
                Arguments.of(
                        Kind.TIMEOUT, new RedisException("Request queue size exceeded: 10. Commands are not accepted")),
                Arguments.of(
                        Kind.TIMEOUT,
                        new RedisException("Internal stack size exceeded: 10. Commands are not accepted")),
                Arguments.of(Kind.CONNECTION, new RedisException("Currently not connected. Commands are rejected.")),
                Arguments.of(Kind.CONNECTION, new RedisException("Connection closed")),
                Arguments.of(Kind.CONNECTION, new RedisConnectionException("Unable to connect to 127.0.0.1:1")),
                Arguments.of(Kind.CONNECTION, new ClosedChannelException()),
                Arguments.of(
                        Kind.AUTH,
                        new RedisConnectionException(
                                "Unable to connect", new RedisCommandExecutionException("WRONGPASS invalid pair"))),
                Arguments.of(
                        Kind.LOADING,
                        new CompletionException(new RedisConnectionException(
                                "Unable to connect", new RedisCommandExecutionException("LOADING Redis is loading")))),
                Arguments.of(Kind.OTHER, new RedisProtocolException("Invalid first byte: 72 (H)")),
                Arguments.of(Kind.OTHER, new IllegalStateException("a defect")),
                Arguments.of(Kind.BUSY, new StoreException(Kind.BUSY, "known", null)));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void knowsTheKindOfEachFailureOfTheClient(Kind kind, Throwable failure) {
        assertThat(RedisErrors.toStoreException(failure).kind()).isEqualTo(kind);
    }

    @Test
    void saysInItsOwnWordsWhatHappened() {
        StoreException failure = RedisErrors.toStoreException(
                new RedisCommandExecutionException("NOPERM user 'alice' with password 'secret' may not"));
        assertThat(failure).hasMessage("Redis: the user lacks a permission");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "NOPERM this user has no permissions to run the 'evalsha' command or its subcommand",
                "NOPERM User alice has no permissions to run the 'evalsha' command",
                "ERR ACL failure in script: User alice has no permissions to run the 'evalsha' command script: 2d94"
            })
    void namesTheCommandThatTheUserMayNotRun(String text) {
        assertThat(RedisErrors.toStoreException(new RedisCommandExecutionException(text)))
                .hasMessage("Redis: the user lacks a permission to run EVALSHA");
    }

    @Test
    void keepsToItselfTheArgumentsThatAServerRepeats() {
        RedisException refused = new RedisConnectionException(
                "Unable to connect",
                new RedisCommandExecutionException(
                        "ERR unknown command `AUTH`, with args beginning with: `alice`, `hunter2`, "));
        assertThat(List.of(
                        RedisErrors.toStoreException(refused),
                        RedisErrors.ofCall(refused, INCIDENT),
                        RedisErrors.notConnected(RedisErrors.toStoreException(refused), INCIDENT)))
                .allSatisfy(failure -> {
                    assertThat(failure.kind()).isEqualTo(Kind.UNKNOWN_COMMAND);
                    assertThat(failure)
                            .hasStackTraceContaining("unknown command `AUTH`")
                            .extracting(Throwables::getStackTrace)
                            .asString()
                            .doesNotContain("hunter2");
                });
    }

    @ParameterizedTest
    @CsvSource({
        "AUTH, AUTH",
        "PERMISSION, PERMISSION",
        "TIMEOUT, CONNECTION",
        "CONNECTION, CONNECTION",
        "READONLY, READONLY",
        "LOADING, LOADING",
        "MAX_CLIENTS, MAX_CLIENTS",
        "OTHER, CONNECTION",
        ", CONNECTION"
    })
    void isNotConnectedUnlessAServerSaidWhy(@Nullable Kind reason, Kind told) {
        StoreException why = reason == null ? null : new StoreException(reason, "why", null);
        StoreException failure = RedisErrors.notConnected(why, INCIDENT);
        assertThat(failure.kind()).isEqualTo(told);
        assertThat(failure).hasMessageStartingWith("Redis: not connected, ");
        assertThat(failure.getCause()).isSameAs(why);
        assertThat(failure.incident()).isSameAs(INCIDENT);
        assertThat(failure.fate()).as("never sent").isEqualTo(Fate.NOT_CARRIED_OUT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "READONLY You can't write against a read only replica.",
                "OOM command not allowed when used memory > 'maxmemory'.",
                "LOADING Redis is loading the dataset in memory",
                "BUSY Redis is busy running a script."
            })
    void knowsThatTheServerDidNotCarryOutWhatItRefused(String text) {
        StoreException failure = RedisErrors.ofCall(new RedisCommandExecutionException(text), INCIDENT);
        assertThat(failure.fate()).isEqualTo(Fate.NOT_CARRIED_OUT);
        assertThat(failure.incident()).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ERR Error running script (call to f_2d94): @user_script:1: @user_script: 1: The user executing the script"
                        + " can't run this command or subcommand",
                "ERR ACL failure in script: User alice has no permissions to run the 'setrange' command script: 2d94, on"
                        + " @user_script:77.",
                "ERR Error running script (call to f_2d94): @user_script:77: @user_script: 77: Unknown Redis command called"
                        + " from Lua script",
                "ERR Unknown Redis command called from script script: 2d94, on @user_script:77.",
                "ERR user_script:77: attempt to compare nil with number script: 2d94, on @user_script:77."
            })
    void doesNotKnowWhatAScriptWroteBeforeItFailed(String text) {
        assertThat(RedisErrors.ofCall(new RedisCommandExecutionException(text), INCIDENT)
                        .fate())
                .isEqualTo(Fate.UNKNOWN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "NOPERM this user has no permissions to run the 'evalsha' command or its subcommand",
                "NOPERM this user has no permissions to access one of the keys used as arguments",
                "ERR unknown command `EVALSHA`, with args beginning with: ",
                "ERR Error running script (call to f_2d94): @user_script:77: @user_script: 77: -READONLY You can't write"
                        + " against a read only replica.",
                "OOM command not allowed when used memory > 'maxmemory'. script: 2d94, on @user_script:77.",
                "MOVED 3999 127.0.0.1:6381"
            })
    void knowsThatNothingWasWrittenBeforeTheFirstRefusal(String text) {
        assertThat(RedisErrors.ofCall(new RedisCommandExecutionException(text), INCIDENT)
                        .fate())
                .isEqualTo(Fate.NOT_CARRIED_OUT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Request queue size exceeded: 10. Commands are not accepted until the queue size drops.",
                "Internal stack size exceeded: 10. Commands are not accepted until the stack size drops.",
                "Currently not connected. Commands are rejected.",
                "Connection is closed"
            })
    void knowsThatACallWasNotSent(String text) {
        StoreException failure = RedisErrors.ofCall(new RedisException(text), "connection");

        assertThat(failure.fate()).isEqualTo(Fate.NOT_CARRIED_OUT);
        assertThat(failure.incident()).as("that of the calls in flight").isEqualTo("connection");
    }

    @Test
    void doesNotKnowWhatBecameOfACallThatWasLost() {
        assertThat(List.of(
                        RedisErrors.ofCall(new RedisException("Connection closed"), INCIDENT),
                        RedisErrors.ofCall(new StoreException(Kind.OTHER, "an unreadable reply", null), INCIDENT),
                        RedisErrors.overdue(INCIDENT)))
                .allSatisfy(failure -> {
                    assertThat(failure.fate()).isEqualTo(Fate.UNKNOWN);
                    assertThat(failure.incident()).isSameAs(INCIDENT);
                });
    }
}
