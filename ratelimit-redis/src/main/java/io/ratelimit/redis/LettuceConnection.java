package io.ratelimit.redis;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.util.concurrent.CompletionStage;

/** A connection of Lettuce's. */
final class LettuceConnection implements ScriptConnection {
    private final StatefulConnection<byte[], byte[]> connection;

    LettuceConnection(StatefulConnection<byte[], byte[]> connection) {
        this.connection = connection;
    }

    @Override
    public CompletionStage<long[]> callByName(Script script, ScriptCall call) {
        return send(CommandType.EVALSHA, script.sha1(), call);
    }

    @Override
    public CompletionStage<long[]> callByText(Script script, ScriptCall call) {
        return send(CommandType.EVAL, script.source(), call);
    }

    private CompletionStage<long[]> send(CommandType type, byte[] script, ScriptCall call) {
        CommandArgs<byte[], byte[]> args = new CommandArgs<>(ByteArrayCodec.INSTANCE);
        args.add(script).add(call.keys().length).addKeys(call.keys()).addValues(call.arguments());
        AsyncCommand<byte[], byte[], long[]> command =
                new AsyncCommand<>(new Command<>(type, new IntegersOutput(), args));
        connection.dispatch(command);
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
