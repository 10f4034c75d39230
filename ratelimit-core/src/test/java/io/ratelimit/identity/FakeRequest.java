package io.ratelimit.identity;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A request as a test describes it. */
final class FakeRequest implements RequestView {
    private final String remoteAddress;
    private final Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private final Map<String, List<String>> query = new TreeMap<>();
    private @Nullable String userName;
    private int questions;

    private FakeRequest(String remoteAddress) {
        this.remoteAddress = remoteAddress;
    }

    static FakeRequest from(String remoteAddress) {
        return new FakeRequest(remoteAddress);
    }

    FakeRequest header(String name, String... lines) {
        headers.computeIfAbsent(name.toLowerCase(Locale.ROOT), absent -> new ArrayList<>())
                .addAll(List.of(lines));
        return this;
    }

    FakeRequest forwardedFor(String... lines) {
        return header("X-Forwarded-For", lines);
    }

    FakeRequest query(String name, String... values) {
        query.computeIfAbsent(name, absent -> new ArrayList<>()).addAll(List.of(values));
        return this;
    }

    FakeRequest user(@Nullable String name) {
        userName = name;
        return this;
    }

    int questions() {
        return questions;
    }

    @Override
    public String remoteAddress() {
        questions++;
        return remoteAddress;
    }

    @Override
    public List<String> headers(String name) {
        questions++;
        return headers.getOrDefault(name, List.of());
    }

    @Override
    public List<String> queryParameters(String name) {
        return query.getOrDefault(name, List.of());
    }

    @Override
    public @Nullable String userName() {
        return userName;
    }
}
