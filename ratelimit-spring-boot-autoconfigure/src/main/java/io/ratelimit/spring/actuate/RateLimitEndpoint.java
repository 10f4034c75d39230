package io.ratelimit.spring.actuate;

import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;

/**
 * Shows the rules in force ({@code GET ratelimit}) and who asks most ({@code GET ratelimit/top}), explains what would become of a request ({@code GET
 * ratelimit/explain?method=POST&path=/login&address=192.0.2.1}), and shows and forgets what is counted of an identity
 * ({@code GET ratelimit/peek?rule=login&kind=ip&value=192.0.2.1}, {@code DELETE ratelimit/login?kind=ip&value=192.0.2.1}).
 *
 * <p>Nothing that it shows holds an identity; what it is asked for does. Forgetting has to be allowed by {@code
 * management.endpoint.ratelimit.access: unrestricted}, and is refused to whoever is not in the role {@value #WRITE_ROLE}.
 */
@WebEndpoint(id = "ratelimit", defaultAccess = Access.READ_ONLY)
public final class RateLimitEndpoint {
    /** The role that may change something. */
    public static final String WRITE_ROLE = "RATELIMIT_ADMIN";

    private static final Logger log = LoggerFactory.getLogger(RateLimitEndpoint.class);
    private static final int FORBIDDEN = 403;
    private static final Set<String> KINDS = Set.of("api-key", "user", "ip", "global");

    private final RuleOverview rules;
    private final Counters counters;
    private final TopIdentities top;
    private final @Nullable RequestExplainer explainer;

    /**
     * Creates the endpoint.
     *
     * @param rules describes the rules in force
     * @param counters knows what is counted
     * @param top knows who asks most
     * @param explainer explains requests; {@code null} where there are none
     */
    public RateLimitEndpoint(
            RuleOverview rules, Counters counters, TopIdentities top, @Nullable RequestExplainer explainer) {
        this.rules = rules;
        this.counters = counters;
        this.top = top;
        this.explainer = explainer;
    }

    /** Returns the rules in force. */
    @ReadOperation
    public RuleOverview.Overview rules() {
        return rules.overview();
    }

    /**
     * Answers a question that changes nothing.
     *
     * @param question {@code explain}, {@code peek} or {@code top}
     * @param method explain: the HTTP method; default GET
     * @param path explain: the path within the application
     * @param address explain: the address of the connection; default 127.0.0.1
     * @param user explain: the name of the user; absent: nobody is authenticated
     * @param rule peek: the rule's id
     * @param kind peek: the kind of the identity: api-key (by its name), user, ip or global
     * @param value peek: the identity
     * @param tier peek: the identity's tier; absent: the default tier
     */
    @ReadOperation
    public WebEndpointResponse<Object> ask(
            @Selector String question,
            @Nullable String method,
            @Nullable String path,
            @Nullable String address,
            @Nullable String user,
            @Nullable String rule,
            @Nullable String kind,
            @Nullable String value,
            @Nullable String tier) {
        return answer(() -> switch (question) {
            case "top" -> new WebEndpointResponse<>(top.top());
            case "explain" -> explain(method, path, address, user);
            case "peek" ->
                found(counters.peek(required("rule", rule), knownKind(kind), valueOf(kind, value), tier)
                        .orElse(null));
            default -> new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND);
        });
    }

    /**
     * Forgets what a rule has counted of an identity, in every tier.
     *
     * @param rule the rule's id
     * @param kind the kind of the identity: api-key (by its name), user, ip or global
     * @param value the identity
     * @param caller who asks for it
     */
    @DeleteOperation
    public WebEndpointResponse<Object> reset(
            @Selector String rule, String kind, @Nullable String value, SecurityContext caller) {
        if (caller.getPrincipal() == null || !caller.isUserInRole(WRITE_ROLE)) {
            return new WebEndpointResponse<>(FORBIDDEN);
        }
        return answer(() -> {
            Counters.Reset reset =
                    counters.reset(rule, knownKind(kind), valueOf(kind, value)).orElse(null);
            if (reset != null) {
                log.info("Forgot what rule {} had counted of identity {}", reset.rule(), reset.identity());
            }
            return found(reset);
        });
    }

    /** Tells what is wrong with a question in the answer itself: error pages leave messages out by default. */
    private static WebEndpointResponse<Object> answer(Supplier<WebEndpointResponse<Object>> question) {
        try {
            return question.get();
        } catch (InvalidEndpointRequestException wrong) {
            return new WebEndpointResponse<>(
                    Map.of("message", Objects.requireNonNullElse(wrong.getReason(), "")),
                    WebEndpointResponse.STATUS_BAD_REQUEST);
        }
    }

    private WebEndpointResponse<Object> explain(
            @Nullable String method, @Nullable String path, @Nullable String address, @Nullable String user) {
        RequestExplainer web = explainer;
        return web == null
                ? new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND)
                : new WebEndpointResponse<>(web.explain(
                        method == null ? "GET" : method,
                        required("path", path),
                        address == null ? "127.0.0.1" : address,
                        user));
    }

    private static WebEndpointResponse<Object> found(@Nullable Object answer) {
        return answer == null
                ? new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND)
                : new WebEndpointResponse<>(answer);
    }

    private static String valueOf(@Nullable String kind, @Nullable String value) {
        return "global".equals(kind) ? "" : required("value", value);
    }

    private static String knownKind(@Nullable String kind) {
        if (kind == null || !KINDS.contains(kind)) {
            throw new InvalidEndpointRequestException(
                    "kind: unknown", "kind has to be one of api-key, user, ip, global");
        }
        return kind;
    }

    private static String required(String name, @Nullable String value) {
        if (value == null || value.isEmpty()) {
            throw new InvalidEndpointRequestException(name + ": missing", name + " is missing");
        }
        return value;
    }
}
