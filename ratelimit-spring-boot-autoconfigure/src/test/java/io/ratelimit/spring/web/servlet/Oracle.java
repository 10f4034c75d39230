package io.ratelimit.spring.web.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.spring.web.servlet.TestServer.Parts;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/** Counts what reached a handler under a limit of five: whatever a client writes, five and no more. */
final class Oracle {
    private static final int LIMIT = 5;

    private final TestServer server;
    private final Supplier<Parts> parts;
    private final List<RawResponse> answers = new ArrayList<>();

    Oracle(Setup setup, Supplier<Parts> parts) {
        this.server = TestServer.of(setup);
        this.parts = parts;
    }

    /** Uses the quota up as intended, and then tries each other way twice. */
    Oracle blocks(Function<TestServer, RawRequest> canonical, List<Way> ways) {
        for (Way way : ways) {
            way.prepare().accept(server.install(parts.get()));
            send(canonical, LIMIT);
            assertThat(server.handled())
                    .as("%s: the quota itself is there", way.name())
                    .isEqualTo(LIMIT);
            send(way.request(), 2);
            assertThat(server.handled())
                    .as("%s: handled beyond the limit", way.name())
                    .isEqualTo(LIMIT);
        }
        return this;
    }

    /** Tries each way alone: no more get through by it than by the intended one. */
    Oracle bounds(List<Way> ways) {
        for (Way way : ways) {
            way.prepare().accept(server.install(parts.get()));
            send(way.request(), LIMIT + 2);
            assertThat(server.handled()).as("%s: handled at all", way.name()).isLessThanOrEqualTo(LIMIT);
        }
        return this;
    }

    /** Mixes five as intended with twenty of the other ways, one after the other. */
    void blocksInTurn(Function<TestServer, RawRequest> canonical, List<Way> ways) {
        ways.get(0).prepare().accept(server.install(parts.get()));
        send(canonical, LIMIT);
        for (int i = 0; i < 20; i++) {
            send(ways.get(i % ways.size()).request(), 1);
        }
        assertThat(server.handled()).as("handled of 5 and 20 others").isEqualTo(LIMIT);
    }

    private void send(Function<TestServer, RawRequest> request, int times) {
        for (int i = 0; i < times; i++) {
            RawResponse answer = request.apply(server).send();
            assertThat(answer.status())
                    .as("answers, and not with a defect of ours")
                    .isNotZero();
            answers.add(answer);
        }
    }

    List<RawResponse> answers() {
        return answers;
    }

    /** One way to write a request. */
    record Way(String name, Function<TestServer, RawRequest> request, java.util.function.Consumer<TestServer> prepare) {
        static Way of(String name, Function<TestServer, RawRequest> request) {
            return new Way(name, request, server -> {});
        }

        /** A GET of a path within the application. */
        static Way path(String path) {
            return of(path, server -> server.request("GET", path));
        }

        /** A GET of a target just as it stands. */
        static Way target(String target) {
            return of(target, server -> server.raw("GET", target));
        }

        Way after(java.util.function.Consumer<TestServer> preparation) {
            return new Way(name, request, preparation);
        }
    }
}
