package io.ratelimit.spring.annotation;

import static io.ratelimit.spring.annotation.Denials.assertDenies;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.ratelimit.RateLimitExceededException;
import io.ratelimit.limit.Algorithm;
import io.ratelimit.limit.FailurePolicy;
import io.ratelimit.limit.Limit;
import io.ratelimit.rule.Rule;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Scope;
import org.springframework.graphql.data.method.annotation.QueryMapping;
import org.springframework.messaging.handler.annotation.MessageMapping;
import org.springframework.messaging.simp.annotation.SubscribeMapping;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import reactor.core.publisher.Mono;

/** What the author of an annotation that could not work reads when the application does not start. */
class BadAnnotationsTest {
    static class NothingAtAll {
        @RateLimited
        public void call() {}
    }

    static class BurstAlone {
        @RateLimited(burst = 5)
        public void call() {}
    }

    static class NoWindow {
        @RateLimited(limit = 5)
        public void call() {}
    }

    static class LimitZero {
        @RateLimited(limit = 0, window = "1m")
        public void call() {}
    }

    static class LimitNegative {
        @RateLimited(limit = -5, window = "1m")
        public void call() {}
    }

    static class LimitTooLarge {
        @RateLimited(limit = Long.MAX_VALUE, window = "1m")
        public void call() {}
    }

    static class WindowWithoutUnit {
        @RateLimited(limit = 5, window = "60")
        public void call() {}
    }

    static class WindowZero {
        @RateLimited(limit = 5, window = "0s")
        public void call() {}
    }

    static class TextMalformed {
        @RateLimited("5 per minute")
        public void call() {}
    }

    static class TextFractional {
        @RateLimited("1.5/1m")
        public void call() {}
    }

    static class TextAndLimit {
        @RateLimited(value = "5/1m", limit = 6)
        public void call() {}
    }

    static class TextAndWindow {
        @RateLimited(value = "5/1m", window = "1h")
        public void call() {}
    }

    static class TwoBursts {
        @RateLimited(value = "5/1m burst 7", burst = 8)
        public void call() {}
    }

    static class BurstZero {
        @RateLimited(value = "5/1m", burst = 0)
        public void call() {}
    }

    static class BurstWithoutBucket {
        @RateLimited(value = "5/1m", burst = 8, algorithm = Algorithm.SLIDING_LOG)
        public void call() {}
    }

    static class SlowQueue {
        @RateLimited(value = "5/1m", algorithm = Algorithm.LEAKY_BUCKET)
        public void call() {}
    }

    static class QueueALittleSlow {
        @RateLimited(value = "3000/1s burst 15001", algorithm = Algorithm.LEAKY_BUCKET)
        public void call() {}
    }

    static class NoProperty {
        @RateLimited("${there.is.none}")
        public void call() {}
    }

    static class EmptyProperty {
        @RateLimited("${there.is.none:}")
        public void call() {}
    }

    static class CostZero {
        @RateLimited(value = "5/1m", cost = "0")
        public void call() {}
    }

    static class CostText {
        @RateLimited(value = "5/1m", cost = "much")
        public void call() {}
    }

    static class CostAboveLimit {
        @RateLimited(value = "5/1m", cost = "6")
        public void call() {}
    }

    static class CostMalformed {
        @RateLimited(value = "5/1m", cost = "#a +")
        public void call(int a) {}
    }

    static class KeyUnknown {
        @RateLimited(value = "5/1m", key = "ipp")
        public void call() {}
    }

    static class KeyBlank {
        @RateLimited(value = "5/1m", key = " ")
        public void call() {}
    }

    static class KeyMalformed {
        @RateLimited(value = "5/1m", key = "#phone..length")
        public void call(String phone) {}
    }

    static class KeyOfNoArgument {
        @RateLimited(value = "5/1m", key = "#fone")
        public void call(String phone) {}
    }

    static class KeyOfType {
        @RateLimited(value = "5/1m", key = "#phone + T(java.lang.System).nanoTime()")
        public void call(String phone) {}
    }

    static class KeyOfNothing {
        @RateLimited(value = "5/1m", key = "#phone + prefix")
        public void call(String phone) {}
    }

    static class KeyOfBean {
        @RateLimited(value = "5/1m", key = "#phone + @clock.millis()")
        public void call(String phone) {}
    }

    static class KeyOfFunction {
        @RateLimited(value = "5/1m", key = "#hash(#phone)")
        public void call(String phone) {}
    }

    @RateLimited(value = "5/1m", key = "#phone")
    static class KeyOnTypeWithOtherMethods {
        public void call(String phone) {}

        public void other(String mail) {}
    }

    static class NameUnknown {
        @RateLimited(name = "logn")
        public void call() {}
    }

    static class NameMalformed {
        @RateLimited(name = "Log In", value = "5/1m")
        public void call() {}
    }

    static class NameOfConfiguration {
        @RateLimited(name = "login", value = "5/1m")
        public void call() {}
    }

    static class NameAndMore {
        @RateLimited(
                name = "login",
                key = "ip",
                cost = "2",
                algorithm = Algorithm.SLIDING_LOG,
                onFailure = FailurePolicy.DENY)
        public void call() {}
    }

    static class NameTwice {
        @RateLimited(name = "shared", value = "5/1m")
        public void call() {}

        @RateLimited(name = "shared", value = "6/1m")
        public void other() {}
    }

    static class FallbackUnknown {
        @RateLimited(value = "5/1m", fallback = "otherwise")
        public String call(int a) {
            return "";
        }
    }

    static class FallbackWithOtherParameters {
        @RateLimited(value = "5/1m", fallback = "otherwise")
        public String call(int a) {
            return "";
        }

        String otherwise(long a, RateLimitExceededException denial) {
            return "";
        }
    }

    static class FallbackWithOtherResult {
        @RateLimited(value = "5/1m", fallback = "otherwise")
        public String call(int a) {
            return "";
        }

        Object otherwise(int a) {
            return "";
        }
    }

    static class FallbackIsItself {
        @RateLimited(value = "5/1m", fallback = "call")
        public String call(int a) {
            return "";
        }
    }

    static class PrivateMethod {
        @RateLimited("5/1m")
        @SuppressWarnings("UnusedMethod") // Nobody could limit it either.
        private void call() {}
    }

    static class FinalMethod {
        @RateLimited("5/1m")
        public final void call() {}
    }

    static class StaticMethod {
        @RateLimited("5/1m")
        public static void call() {}
    }

    @RateLimited("5/1m")
    static class FinalMethodOfLimitedType {
        public final void call() {}
    }

    static final class FinalClass {
        @RateLimited("5/1m")
        public void call() {}
    }

    static class Reactive {
        @RateLimited("5/1m")
        public Flow.Publisher<String> call() {
            return subscriber -> {};
        }
    }

    static class ReactiveOfReactor {
        @RateLimited("5/1m")
        public Mono<String> call() {
            return Mono.just("");
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        NothingAtAll                | limit is missing             | neither has a limit nor names a rule        | @RateLimited(limit = 5, window = "1m")
        BurstAlone                  | limit is missing             | a window or a burst alone limits nothing    | @RateLimited(limit = 5, window = "1m")
        NoWindow                    | window is missing            | such as 1m                                  | @RateLimited(limit = 5, window = "1m")
        LimitZero                   | limit: 0                     | a whole number from 1                       | @RateLimited(limit = 5, window = "1m")
        LimitNegative               | limit: -5                    | a whole number from 1                       | @RateLimited(limit = 5, window = "1m")
        LimitTooLarge               | limit: 9223372036854775807   | at most 18764998 with a window of 1m        | @RateLimited(limit = 5, window = "1m")
        WindowWithoutUnit           | window: "60"                 | a unit of ms, s, m, h or d                  | @RateLimited(limit = 5, window = "1m")
        WindowZero                  | window: "0s"                 | from 1ms to 366d                            | @RateLimited(limit = 5, window = "1m")
        TextMalformed               | limit: "5 per minute"        | <permits>/<window>, such as 100/1h          | @RateLimited(limit = 5, window = "1m")
        TextFractional              | limit: "1.5" in "1.5/1m"     | a whole number from 1                       | @RateLimited(limit = 5, window = "1m")
        TextAndLimit                | limit: 6                     | value says it already                       | @RateLimited("5/1m")
        TextAndWindow               | window: "1h"                 | value says it already                       | @RateLimited("5/1m")
        TwoBursts                   | burst: 8                     | value has a burst already: 7                | @RateLimited("100/1h burst 20")
        BurstZero                   | burst: 0                     | a whole number from 1                       | @RateLimited(limit = 5, window = "1m")
        BurstWithoutBucket          | burst: 8                     | sliding-log has no burst                    | @RateLimited(limit = 5, window = "1m")
        SlowQueue                   | limit: 5/1m                  | would wait 60 s                             | algorithm = Algorithm.LEAKY_BUCKET)
        QueueALittleSlow            | burst: 3000/1s burst 15001   | would wait 5001 ms                          | algorithm = Algorithm.LEAKY_BUCKET)
        NoProperty                  | value: "${there.is.none}"    | neither a property nor a default            | @RateLimited("${login.limit:5/1m}")
        EmptyProperty               | limit: ""                    | <permits>/<window>                          | @RateLimited(limit = 5, window = "1m")
        CostZero                    | cost: 0                      | a whole number from 1                       | cost = "5")
        CostText                    | cost: "much"                 | an expression that starts with #            | cost = "5")
        CostAboveLimit              | cost: 6                      | at most 5                                   | cost = "5")
        CostMalformed               | cost: "#a +"                 | does not parse                              | cost = "#order.items.size()")
        KeyUnknown                  | key: "ipp"                   | identity, api-key, user, ip, global         | key = "#phone")
        KeyBlank                    | key: " "                     | identity, api-key, user, ip, global         | key = "#phone")
        KeyMalformed                | key: "#phone..length"        | does not parse                              | key = "#order.customerId")
        KeyOfNoArgument             | key: "#fone"                 | #fone, which is not there                   | key = "#order.customerId")
        KeyOfType                   | T(java.lang.System).nanoTime | types, constructors, beans                  | key = "#order.customerId")
        KeyOfNothing                | key: "#phone + prefix"       | did you mean #prefix?                       | key = "#order.customerId")
        KeyOfBean                   | @clock.millis()              | types, constructors, beans                  | key = "#order.customerId")
        KeyOfFunction               | key: "#hash(#phone)"         | #hash, which is not there                   | key = "#order.customerId")
        NameUnknown                 | name: "logn"                 | one of login                                | @RateLimited(name = "login")
        NameMalformed               | name: "Log In"               | 1 to 64 of a-z, 0-9 and -                   | @RateLimited(name = "login", value = "5/1m")
        NameOfConfiguration         | name: "login"                | a rule of the configuration has this id     | @RateLimited(name = "login")
        NameAndMore                 | name: "login"                | stands algorithm, key, cost, onFailure      | @RateLimited(name = "login")
        FallbackUnknown             | fallback: "otherwise"        | has no method of this name                  | fallback = "queueForLater")
        FallbackWithOtherParameters | fallback: "otherwise"        | String otherwise(int), or with a RateLimit  | fallback = "queueForLater")
        FallbackWithOtherResult     | fallback: "otherwise"        | it returns Object                           | fallback = "queueForLater")
        FallbackIsItself            | fallback: "call"             | it is the method itself                     | fallback = "queueForLater")
        PrivateMethod               | method: private call         | it is private                               | public String quote()
        FinalMethod                 | method: public final call    | it is final                                 | public String quote()
        StaticMethod                | method: public static call   | it is static                                | public String quote()
        FinalMethodOfLimitedType    | method: public final call    | it is final                                 | public String quote()
        FinalClass                  | method: public call          | its class is final                          | public String quote()
        Reactive                    | method: Publisher            | when it is subscribed to                    | CompletableFuture<Quote>
        ReactiveOfReactor           | method: Mono                 | when it is subscribed to                    | CompletableFuture<Quote>
        """)
    void isToldWithItsPlaceValueReasonAndAnExample(String bean, String attributeAndValue, String reason, String example)
            throws Exception {
        Class<?> type = Class.forName(BadAnnotationsTest.class.getName() + "$" + bean);

        assertThat(messageOf(type))
                .contains("have 1 problem:")
                .contains("@RateLimited on " + type.getName() + ".call(")
                .contains(attributeAndValue)
                .contains("problem: ")
                .contains(reason)
                .contains("expected: ")
                .contains("example: ")
                .contains(example)
                .doesNotContain("\tat ");
    }

    private static String messageOf(Class<?>... beans) {
        return refusal(beans).getMessage();
    }

    private static InvalidRateLimitedException refusal(Class<?>... beans) {
        try (LimitedApplication application = new LimitedApplication()) {
            application.rules(Rule.named("login").limits(Limit.parse("5/1m")).build());
            return catchThrowableOfType(InvalidRateLimitedException.class, () -> application.start(beans));
        }
    }

    @Test
    void areToldAllAtOnce() {
        InvalidRateLimitedException refusal = refusal(LimitZero.class, PrivateMethod.class, KeyUnknown.class);

        assertThat(refusal.count()).isEqualTo(3);
        assertThat(refusal)
                .hasMessageContainingAll(
                        "have 3 problems:", "LimitZero.call()", "PrivateMethod.call()", "KeyUnknown.call()");
    }

    @Test
    void areToldOnceThoughATypeHasManyMethods() {
        assertThat(refusal(KeyOnTypeWithOtherMethods.class).count()).isEqualTo(1);
        assertThat(messageOf(KeyOnTypeWithOtherMethods.class))
                .contains("other(String)")
                .contains("#phone");
    }

    @Test
    void areNamesThatMeanTwoThings() {
        assertThat(messageOf(NameTwice.class))
                .contains("name: \"shared\"")
                .contains("it is also the name of another limit")
                .contains("5/1m")
                .contains("6/1m");
    }

    @Configuration(proxyBeanMethods = false)
    static class NotYetMade {
        @Bean
        @Lazy
        LimitZero lazy() {
            return new LimitZero();
        }

        @Bean
        @Scope("prototype")
        FinalMethod prototype() {
            return new FinalMethod();
        }
    }

    @Test
    void areFoundBeforeTheirBeansAreMade() {
        assertThat(messageOf(NotYetMade.class)).contains("LimitZero.call()").contains("FinalMethod.call()");
    }

    @RateLimited("5/1m")
    static class NothingToCall {
        void hidden() {}
    }

    @Test
    void areOnATypeOfWhichNothingCanBeLimited() {
        assertThat(messageOf(NothingToCall.class))
                .contains("have 1 problem:")
                .contains("@RateLimited on " + NothingToCall.class.getName() + ",")
                .contains("none of its methods")
                .contains("on the methods that it means");
    }

    @Controller
    @RateLimited("5/1m")
    static class ControllerWithoutHandlers {
        public void call() {}
    }

    @Test
    void areOnAControllerThatHandlesNothing() {
        assertThat(messageOfWeb(ControllerWithoutHandlers.class))
                .contains("@RateLimited on " + ControllerWithoutHandlers.class.getName() + ",")
                .contains("none of its methods");
    }

    private static String messageOfWeb(Class<?> bean) {
        try (LimitedApplication application = new LimitedApplication().web(webLayer())) {
            return catchThrowableOfType(InvalidRateLimitedException.class, () -> application.start(bean))
                    .getMessage();
        }
    }

    private static WebLayer webLayer() {
        return new ServletWebLayer(() -> {
            throw new IllegalStateException("no request");
        });
    }

    @Test
    void areNotThoseOfAControllerWhereThereIsNoWeb() {
        try (LimitedApplication application = new LimitedApplication()) {
            assertThat(application.start(PackagePrivateHandlers.class).bean(PackagePrivateHandlers.class))
                    .isNotNull();
        }
    }

    @Controller
    @RateLimited("5/1m")
    static class PackagePrivateHandlers {
        @GetMapping("/a")
        String get() {
            return "a";
        }
    }

    @Controller
    @RateLimited("1/1m")
    static class Chat {
        @MessageMapping("/say")
        void say() {}

        @QueryMapping
        public void query() {}

        public void helper() {}
    }

    @Controller
    @RateLimited(value = "1/1m", key = "#headers['X-Tenant']")
    static class PagesAndChat {
        @GetMapping("/a")
        String get() {
            return "a";
        }

        @MessageMapping("/say")
        public void say() {}
    }

    @Test
    void areNotThoseOfAControllerThatHandlesMessagesBesideItsRequests() {
        try (LimitedApplication application = new LimitedApplication().web(webLayer())) {
            PagesAndChat both = application.start(PagesAndChat.class).bean(PagesAndChat.class);

            both.say();
            both.say();
        }
    }

    @Controller
    @RateLimited("1/1m")
    static class Feed {
        @SubscribeMapping("/feed")
        public void follow() {}
    }

    @Test
    void areNotThoseOfAControllerThatIsSubscribedTo() {
        try (LimitedApplication application = new LimitedApplication().web(webLayer())) {
            Feed feed = application.start(Feed.class).bean(Feed.class);

            feed.follow();
            assertDenies(feed::follow);
        }
    }

    @Test
    void areNotThoseOfAControllerThatHandlesMessages() {
        try (LimitedApplication application = new LimitedApplication().web(webLayer())) {
            Chat chat = application.start(Chat.class).bean(Chat.class);

            chat.say();
            assertDenies(chat::query);
            chat.helper();
        }
    }

    interface Known {
        void known();
    }

    static class KnownByItsInterface implements Known {
        @Override
        public void known() {}

        @RateLimited("5/1m")
        public void unknown() {}
    }

    @Test
    void areThoseThatAProxyOfInterfacesDoesNotShow() {
        try (LimitedApplication application = new LimitedApplication().proxiesByInterfaces()) {
            assertThat(catchThrowableOfType(
                            InvalidRateLimitedException.class, () -> application.start(KnownByItsInterface.class)))
                    .hasMessageContaining("unknown()")
                    .hasMessageContaining("in none of the interfaces");
        }
    }

    static class InheritsFinal extends FinalMethodFramework {
        public void call() {}
    }

    static class FinalMethodFramework {
        public final void configure() {}
    }

    @RateLimited("5/1m")
    static class LimitedAndInheritsFinal extends InheritsFinal {}

    @Test
    void areNotTheFinalMethodsThatALimitedTypeInherits() {
        try (LimitedApplication application = new LimitedApplication()) {
            assertThat(application.start(LimitedAndInheritsFinal.class).bean(LimitedAndInheritsFinal.class))
                    .isNotNull();
        }
    }

    static class Starting {
        Starting(PrivateMethodCalledEarly early) {
            early.call();
        }
    }

    static class PrivateMethodCalledEarly {
        @RateLimited(limit = 0, window = "1m")
        public void call() {}
    }

    @Test
    void areToldToWhoeverCallsThemDuringTheStart() {
        try (LimitedApplication application = new LimitedApplication()) {
            Throwable thrown = catchThrowableOfType(
                    Exception.class, () -> application.start(PrivateMethodCalledEarly.class, Starting.class));

            assertThat(thrown).rootCause().isInstanceOf(InvalidRateLimitedException.class);
        }
    }

    static class Fine {
        @RateLimited(name = "shared-one", value = "5/1m")
        public void call() {}

        @RateLimited(name = "shared-one", value = "5/1m")
        public CompletableFuture<String> other() {
            return CompletableFuture.completedFuture("");
        }

        @RateLimited(name = "login", fallback = "instead")
        public void named() {}

        void instead() {}
    }

    @Test
    void areNotThoseThatWork() {
        try (LimitedApplication application = new LimitedApplication()) {
            application
                    .rules(Rule.named("login").limits(Limit.parse("5/1m")).build())
                    .start(Fine.class);

            assertThat(application.support().ownRules()).extracting(Rule::id).containsExactly("shared-one");
            assertThat(application.support().namedRules()).containsExactly("login");
        }
    }
}
