package io.ratelimit.redis;

import io.lettuce.core.tracing.TraceContextProvider;
import io.lettuce.core.tracing.TracerProvider;
import io.lettuce.core.tracing.Tracing;
import java.net.SocketAddress;
import java.util.concurrent.atomic.AtomicInteger;

/** Tracing that only counts how often it is used. */
final class TracingProbe implements Tracing {
    private final AtomicInteger uses = new AtomicInteger();

    int uses() {
        return uses.get();
    }

    @Override
    public TracerProvider getTracerProvider() {
        uses.incrementAndGet();
        return Tracing.disabled().getTracerProvider();
    }

    @Override
    public TraceContextProvider initialTraceContextProvider() {
        return Tracing.disabled().initialTraceContextProvider();
    }

    @Override
    public boolean isEnabled() {
        return true;
    }

    @Override
    public boolean includeCommandArgsInSpanTags() {
        return false;
    }

    @Override
    public Endpoint createEndpoint(SocketAddress address) {
        uses.incrementAndGet();
        return Tracing.disabled().createEndpoint(address);
    }
}
