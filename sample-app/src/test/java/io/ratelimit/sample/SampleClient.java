package io.ratelimit.sample;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A client with an address of its own, as a trusted proxy would report it, so that tests do not use up each other's quotas.
 */
final class SampleClient {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final AtomicInteger CLIENTS = new AtomicInteger();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final String origin;
    private final String address;

    private SampleClient(String origin, String address) {
        this.origin = origin;
        this.address = address;
    }

    static SampleClient of(int port) {
        return from("198.51.100." + CLIENTS.incrementAndGet(), port);
    }

    static SampleClient from(String address, int port) {
        return new SampleClient("http://127.0.0.1:" + port, address);
    }

    HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
        return send("GET", path, BodyPublishers.noBody(), headers);
    }

    HttpResponse<String> post(String path, String body, String contentType) throws IOException, InterruptedException {
        return send("POST", path, BodyPublishers.ofString(body), "Content-Type", contentType);
    }

    HttpResponse<String> login(String username, String password) throws IOException, InterruptedException {
        String body = "{\"username\":\"%s\",\"password\":\"%s\"}".formatted(username, password);
        return post("/login", body, "application/json");
    }

    HttpResponse<String> send(String method, String path, BodyPublisher body, String... headers)
            throws IOException, InterruptedException {
        return HTTP.send(request(method, path, body, headers), BodyHandlers.ofString());
    }

    CompletableFuture<HttpResponse<String>> getAsync(String path) {
        return HTTP.sendAsync(request("GET", path, BodyPublishers.noBody()), BodyHandlers.ofString());
    }

    private HttpRequest request(String method, String path, BodyPublisher body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(origin + path))
                .timeout(PATIENCE)
                .header("X-Forwarded-For", address)
                .method(method, body);
        return headers.length == 0 ? request.build() : request.headers(headers).build();
    }
}
