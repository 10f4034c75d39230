package io.ratelimit.redis;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Connects to whichever of some servers is the master at the time, where no sentinel knows it. */
final class MasterReplicaConnector implements ScriptConnector {
    private final List<ScriptConnector> servers;
    private final Rotation<ScriptConnector> rotation;
    private final MasterCheck check;

    /**
     * Prepares to connect; opens nothing yet.
     *
     * @param servers the connectors of all servers; closed with this one
     */
    MasterReplicaConnector(List<ScriptConnector> servers, Duration connectTimeout) {
        this.servers = List.copyOf(servers);
        this.rotation = new Rotation<>(servers);
        this.check = new MasterCheck(connectTimeout);
    }

    @Override
    public CompletionStage<ScriptConnection> connect() {
        return rotation.connect(server -> check.pass(server.connect()));
    }

    @Override
    public void close() {
        rotation.close();
        servers.forEach(ScriptConnector::close);
    }

    @Override
    public String toString() {
        return "the master of " + servers.size() + " servers";
    }
}
