package io.ratelimit.spring.annotation;

import java.lang.reflect.Method;
import java.util.stream.Stream;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;

/** The methods of a controller that handle messages or queries, which reach it by other ways than a web request's. */
final class MessageHandlers {
    /** By name, because few applications have these libraries. */
    private static final String[] ANNOTATIONS = {
        "org.springframework.messaging.handler.annotation.MessageMapping",
        "org.springframework.messaging.simp.annotation.SubscribeMapping",
        "org.springframework.messaging.rsocket.annotation.ConnectMapping",
        "org.springframework.graphql.data.method.annotation.SchemaMapping",
        "org.springframework.graphql.data.method.annotation.BatchMapping"
    };

    private MessageHandlers() {}

    static boolean isOne(Method method) {
        MergedAnnotations annotations = MergedAnnotations.from(method, SearchStrategy.TYPE_HIERARCHY);
        return Stream.of(ANNOTATIONS).anyMatch(annotations::isPresent);
    }
}
