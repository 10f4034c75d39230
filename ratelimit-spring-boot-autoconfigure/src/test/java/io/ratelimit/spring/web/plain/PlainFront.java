package io.ratelimit.spring.web.plain;

import io.ratelimit.rule.Phase;
import io.ratelimit.spring.web.GateAnswer;
import io.ratelimit.spring.web.RequestGate;
import io.ratelimit.spring.web.RequestState;
import io.ratelimit.spring.web.WebRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** A second front: all that it takes to limit requests of a framework of its own. Holds no thread. */
public final class PlainFront {
    private final RequestGate gate;

    public PlainFront(RequestGate gate) {
        this.gate = gate;
    }

    public record Response(int status, Map<String, String> headers, String body, Duration waited) {}

    public CompletionStage<Response> handle(WebRequest request) {
        RequestState state = gate.arrive(request);
        return gate.enter(state, EnumSet.allOf(Phase.class)).thenCompose(answer -> answer(state, answer));
    }

    private CompletionStage<Response> answer(RequestState state, GateAnswer answer) {
        if (answer instanceof GateAnswer.Denied denied) {
            Map<String, String> headers = headers(answer);
            denied.denial().writeTo(headers::put);
            return CompletableFuture.completedFuture(new Response(
                    denied.denial().reason().status(),
                    headers,
                    new String(denied.denial().problem(), StandardCharsets.UTF_8),
                    Duration.ZERO));
        }
        if (answer instanceof GateAnswer.Waiting waiting) {
            Executor later = CompletableFuture.delayedExecutor(waiting.delay().toNanos(), TimeUnit.NANOSECONDS);
            return CompletableFuture.supplyAsync(() -> ok(state, answer, waiting.delay()), later);
        }
        return CompletableFuture.completedFuture(ok(state, answer, Duration.ZERO));
    }

    private Response ok(RequestState state, GateAnswer answer, Duration waited) {
        gate.complete(state, 200);
        return new Response(200, headers(answer), "", waited);
    }

    private static Map<String, String> headers(GateAnswer answer) {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        answer.headers().writeTo(headers::put);
        return headers;
    }
}
