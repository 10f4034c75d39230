package io.ratelimit.redis;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.ArrayOutput;
import io.lettuce.core.output.CommandOutput;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** A connection of Lettuce's. */
final class LettuceConnection implements ScriptConnection {
    private final StatefulConnection<byte[], byte[]> connection;
    private final boolean asking;

    LettuceConnection(StatefulConnection<byte[], byte[]> connection) {
        this(connection, false);
    }

    private LettuceConnection(StatefulConnection<byte[], byte[]> connection, boolean asking) {
        this.connection = connection;
        this.asking = asking;
    }

    @Override
    public ScriptConnection asking() {
        return new LettuceConnection(connection, true);
    }

    @Override
    public CompletionStage<long[]> callByName(Script script, ScriptCall call) {
        return send(CommandType.EVALSHA, script.sha1(), call);
    }

    @Override
    public CompletionStage<long[]> callByText(Script script, ScriptCall call) {
        return send(CommandType.EVAL, script.source(), call);
    }

    @Override
    public CompletionStage<List<Object>> ask(CommandType command, String... words) {
        CommandArgs<byte[], byte[]> arguments = arguments();
        for (String word : words) {
            arguments.add(word);
        }
        return send(command, new ArrayOutput<>(ByteArrayCodec.INSTANCE), arguments);
    }

    private CompletionStage<long[]> send(CommandType type, byte[] script, ScriptCall call) {
        return send(
                type,
                new IntegersOutput(),
                arguments()
                        .add(script)
                        .add(call.keys().length)
                        .addKeys(call.keys())
                        .addValues(call.arguments()));
    }

    private static CommandArgs<byte[], byte[]> arguments() {
        return new CommandArgs<>(ByteArrayCodec.INSTANCE);
    }

    private <T> CompletionStage<T> send(
            CommandType type, CommandOutput<byte[], byte[], T> output, CommandArgs<byte[], byte[]> arguments) {
        AsyncCommand<byte[], byte[], T> command = new AsyncCommand<>(new Command<>(type, output, arguments));
        if (asking) {
            // The word holds for the next command alone. Together, so that hardly ever another thread's call comes
            // between: that one is served as ever, and the node sends this one back, from where it is sent here again.
            var unused = connection.dispatch(List.of(
                    new AsyncCommand<>(new Command<>(CommandType.ASKING, new StatusOutput<>(ByteArrayCodec.INSTANCE))),
                    command));
        } else {
            connection.dispatch(command);
        }
        return command;
    }

    @Override
    public void onLost(Runnable task) {
        connection.addListener(new RedisConnectionStateListener() {
            @Override
            public void onRedisDisconnected(RedisChannelHandler<?, ?> lost) {
                task.run();
            }
        });
        if (!connection.isOpen()) {
            task.run();
        }
    }

    @Override
    public void close() {
        var unused = connection.closeAsync();
    }
}
