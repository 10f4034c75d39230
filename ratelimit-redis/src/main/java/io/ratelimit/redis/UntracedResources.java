package io.ratelimit.redis;

import io.lettuce.core.event.DefaultEventPublisherOptions;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.tracing.Tracing;

/**
 * Shares the threads of an application's clients, but not their tracing: a decision is a span already, and heartbeats belong
 * to no request.
 */
final class UntracedResources {
    private UntracedResources() {}

    /** Returns resources that end nothing of the others when they are shut down. */
    static ClientResources sharing(ClientResources others) {
        return ClientResources.builder()
                .eventLoopGroupProvider(others.eventLoopGroupProvider())
                .eventExecutorGroup(others.eventExecutorGroup())
                .timer(others.timer())
                .eventBus(others.eventBus())
                .commandLatencyRecorder(others.commandLatencyRecorder())
                // The others publish what is recorded, of these too.
                .commandLatencyPublisherOptions(DefaultEventPublisherOptions.disabled())
                .socketAddressResolver(others.socketAddressResolver())
                .addressResolverGroup(others.addressResolverGroup())
                .nettyCustomizer(others.nettyCustomizer())
                .tracing(Tracing.disabled())
                .build();
    }
}
