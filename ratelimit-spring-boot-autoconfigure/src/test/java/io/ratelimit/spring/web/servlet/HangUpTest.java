package io.ratelimit.spring.web.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyEmitter;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

/** A client that hangs up after the status has been sent has had what counts. */
class HangUpTest {
    private static final byte[] BLOCK = new byte[64 * 1024];
    private static final int BLOCKS = 128;
    private static final int READ = 3 * 1024 * 1024;

    @Configuration(proxyBeanMethods = false)
    @RestController
    static class Downloads {
        private final List<CountDownLatch> ended = new ArrayList<>();

        @GetMapping("/stream")
        StreamingResponseBody stream() {
            CountDownLatch end = begin();
            return out -> {
                try {
                    for (int i = 0; i < BLOCKS; i++) {
                        out.write(BLOCK);
                    }
                } finally {
                    end.countDown();
                }
            };
        }

        @GetMapping("/sse")
        SseEmitter sse() {
            return emit(new SseEmitter(20_000L));
        }

        @GetMapping("/emit")
        ResponseBodyEmitter emit() {
            return emit(new ResponseBodyEmitter(20_000L));
        }

        private <T extends ResponseBodyEmitter> T emit(T emitter) {
            CountDownLatch end = begin();
            Thread sender = new Thread(() -> {
                try {
                    for (int i = 0; i < BLOCKS; i++) {
                        emitter.send("x".repeat(BLOCK.length));
                    }
                    emitter.complete();
                } catch (IOException | IllegalStateException gone) {
                    emitter.completeWithError(gone);
                } finally {
                    end.countDown();
                }
            });
            sender.setDaemon(true);
            sender.start();
            return emitter;
        }

        @Bean
        ServletRegistrationBean<HttpServlet> plain() {
            return new ServletRegistrationBean<>(
                    new HttpServlet() {
                        private static final long serialVersionUID = 1L;

                        @Override
                        protected void doGet(HttpServletRequest request, HttpServletResponse response)
                                throws IOException {
                            CountDownLatch end = begin();
                            try {
                                for (int i = 0; i < BLOCKS; i++) {
                                    response.getOutputStream().write(BLOCK);
                                }
                            } finally {
                                end.countDown();
                            }
                        }
                    },
                    "/plain");
        }

        private synchronized CountDownLatch begin() {
            CountDownLatch end = new CountDownLatch(1);
            ended.add(end);
            return end;
        }

        private synchronized CountDownLatch last() {
            return ended.get(ended.size() - 1);
        }

        private synchronized int begun() {
            return ended.size();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "TOMCAT, /stream", "TOMCAT, /plain", "TOMCAT, /sse", "TOMCAT, /emit",
        "JETTY_CONTEXT, /stream", "JETTY_CONTEXT, /plain", "JETTY_CONTEXT, /sse", "JETTY_CONTEXT, /emit"
    })
    void aStatusThatHasBeenSentCounts(Setup setup, String path) throws Exception {
        try (FullServer server = FullServer.start(
                setup,
                List.of(Downloads.class),
                "logging.level.root=OFF",
                "ratelimit.rules[0].id=downloads",
                "ratelimit.rules[0].paths=/stream,/plain,/sse,/emit",
                "ratelimit.rules[0].key=ip",
                "ratelimit.rules[0].limit=3/1h",
                "ratelimit.rules[0].count-when.status=200")) {
            Downloads downloads = server.bean(Downloads.class);
            List<Integer> statuses = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                int before = downloads.begun();
                statuses.add(hangUp(server.request("GET", path)));
                if (downloads.begun() > before) {
                    assertThat(downloads.last().await(20, TimeUnit.SECONDS)).isTrue();
                }
            }
            assertThat(statuses).containsExactly(200, 200, 200, 429, 429);
        }
    }

    /** Reads a part of the answer and resets the connection. */
    private static int hangUp(RawRequest request) throws IOException {
        try (Socket socket = request.abandon()) {
            socket.setSoTimeout(20_000);
            InputStream in = socket.getInputStream();
            byte[] status = in.readNBytes(12);
            in.readNBytes(READ);
            socket.setSoLinger(true, 0);
            return Integer.parseInt(new String(status, 9, 3, StandardCharsets.US_ASCII));
        }
    }
}
