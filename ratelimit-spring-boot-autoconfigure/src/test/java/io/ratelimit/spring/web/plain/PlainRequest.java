package io.ratelimit.spring.web.plain;

import io.ratelimit.spring.web.PathCandidates;
import io.ratelimit.spring.web.QueryString;
import io.ratelimit.spring.web.WebRequest;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.http.server.PathContainer;

public class PlainRequest implements WebRequest {
    private final String method;
    private final String path;
    private final String query;
    private final Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

    public PlainRequest(String method, String target) {
        int question = target.indexOf('?');
        this.method = method;
        this.path = question < 0 ? target : target.substring(0, question);
        this.query = question < 0 ? null : target.substring(question + 1);
    }

    public PlainRequest header(String name, String value) {
        headers.put(name, value);
        return this;
    }

    @Override
    public String method() {
        return method;
    }

    @Override
    public boolean isPreflight() {
        return method.equals("OPTIONS") && headers.containsKey("Access-Control-Request-Method");
    }

    @Override
    public Object target() {
        return method + " " + path;
    }

    @Override
    public List<PathContainer> paths() {
        PathCandidates candidates = new PathCandidates();
        candidates.add(path, "", "");
        return candidates.all();
    }

    @Override
    public String sentPath() {
        return path;
    }

    @Override
    public String header(String name) {
        return headers.get(name);
    }

    @Override
    public String queryString() {
        return query;
    }

    @Override
    public Object nativeRequest() {
        return this;
    }

    @Override
    public String remoteAddress() {
        return headers.getOrDefault("Peer", "192.0.2.1");
    }

    @Override
    public List<String> headers(String name) {
        return headers.containsKey(name) ? List.of(headers.get(name)) : List.of();
    }

    @Override
    public List<String> queryParameters(String name) {
        return QueryString.values(query, name);
    }

    @Override
    public String userName() {
        return headers.get("User");
    }
}
