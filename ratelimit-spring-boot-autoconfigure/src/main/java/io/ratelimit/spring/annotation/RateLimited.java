package io.ratelimit.spring.annotation;

import io.ratelimit.limit.Algorithm;
import io.ratelimit.limit.FailurePolicy;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Limits how often a method may be called.
 *
 * <pre>{@code
 * @RateLimited(limit = 5, window = "1m")
 * @RateLimited("${login.limit:5/1m}")
 * @RateLimited(name = "login")                                  // a rule of the configuration
 * @RateLimited(value = "10/1h", key = "#phone", fallback = "queueForLater")
 * }</pre>
 *
 * <p>On a method that handles web requests it is decided before the arguments are bound, and a denial is answered with 429.
 * On a method of any other bean it is decided around the call, and a denial is a
 * {@link io.ratelimit.RateLimitExceededException}, or the result of the {@link #fallback}. A method that returns a
 * {@link java.util.concurrent.CompletionStage} is denied by a failed stage. A leaky bucket parks the caller until it is its
 * turn, and delays a stage without holding a thread.
 *
 * <p>On a type it covers all its public methods (of a controller: its handlers of requests, or of messages where it has none
 * of requests), which share one counter; what stands on a
 * method comes on top. Several on one element are one decision, and so are those of type and method: all take their permits
 * or none. The annotation may stand on another annotation, whose attributes may be aliases of these. It is also found on
 * overridden methods, superclasses and interfaces; what stands nearer replaces what stands further.
 *
 * <p>As with other annotations that work through proxies, calls that an object makes to itself are not seen. A method that
 * no proxy can reach, because it is private, static or final, stops the start; so does every other annotation that could
 * not work.
 *
 * <p>Placeholders such as {@code ${login.limit:5/1m}} are replaced in {@link #value}, {@link #window}, {@link #name},
 * {@link #key} and {@link #cost}.
 *
 * <p>The limit comes before other advice of the same bean, such as transactions, retries and asynchronous execution: what is
 * denied starts none of them, and what they repeat is counted once.
 */
@Documented
@Repeatable(RateLimits.class)
@Target({ElementType.TYPE, ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
public @interface RateLimited {
    /** The value of a number that is not set. */
    long UNSET = Long.MIN_VALUE;

    /**
     * The limit as a text such as {@code 5/1m} or {@code 100/1h burst 20}, in place of {@link #limit} and {@link #window};
     * or the permits alone beside a {@link #window}.
     */
    String value() default "";

    /**
     * The id of the rule, 1 to 64 of a-z, 0-9 and -. Default: made of the names of class and method and a hash of the
     * signature.
     *
     * <p>Without a limit the rule of the configuration with this id applies, and no other attribute but {@link #fallback} may
     * be set. Within a web request, such a rule counts each call of a bean if it has no path. If it has one, it counts the
     * request once, whether its path matches, a handler names it or beans do. On a handler any rule counts a request once.
     *
     * <p>With a limit this is the rule's name in keys, headers and metrics. Methods that give the same name and the same
     * settings share their counters; the same name with other settings stops the start.
     */
    String name() default "";

    /** The permits per {@link #window}, from 1. */
    long limit() default UNSET;

    /** The window, such as {@code 1m} or {@code 1h30m}. */
    String window() default "";

    /** The most permits that may be taken at once, from 1; only for the buckets. Default: as many as {@link #limit}. */
    long burst() default UNSET;

    /** How the permits are counted. */
    Algorithm algorithm() default Algorithm.TOKEN_BUCKET;

    /**
     * Whose quota is counted: {@code identity} (API key, else user, else address), {@code api-key}, {@code user},
     * {@code ip}, {@code global} (one counter for all), or a SpEL expression that starts with {@code #}.
     *
     * <p>An expression reads the arguments, by name or as {@code #a0}: {@code #phone}, {@code #order.customer.id}. It may read
     * properties and call methods of them; types, constructors, beans and assignments are not available. On a handler of web
     * requests there are no arguments yet: there it reads {@code #request}, {@code #headers['X-Tenant']},
     * {@code #query['q']}, and path variables and query parameters by their names.
     *
     * <p>Nobody is ever unlimited. A call outside any web request has no identity, user, address or API key: all such calls
     * share a counter of their own. So do those whose expression fails or yields null, blank, or an object of another
     * class than a text, a number, an enum or the like; that is reported.
     */
    String key() default "identity";

    /**
     * The permits that a call takes: a whole number from 1, or a SpEL expression over what {@link #key} reads. Where the
     * expression yields no positive whole number, that is 1, and reported.
     */
    String cost() default "1";

    /** Who decides when the store of the counters cannot. */
    FailurePolicy onFailure() default FailurePolicy.LOCAL;

    /**
     * The name of a method of the same class that is called instead when the call is denied. It has the same parameters, and
     * may have a {@link io.ratelimit.RateLimitExceededException} after them; its result can be returned for the method's.
     * It may be private. Not for handlers of web requests, whose denials an {@code @ExceptionHandler} can answer.
     */
    String fallback() default "";
}
