package io.ratelimit.spring.annotation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RuleIdsTest {
    @RateLimited("1/1s")
    static class SMSGatewayV2 {
        @RateLimited("1/1s")
        @RateLimited("2/1m")
        public void sendMessage(String text) {}

        @RateLimited("1/1s")
        public void sendMessage(String text, int times) {}

        @RateLimited("1/1s")
        public void aMethodWithANameThatIsLongerThanAnyRuleMayEverBeCalledByAnyone() {}

        @RateLimited("1/1s")
        public void __$() {}
    }

    private static List<String> ids(String method, Class<?>... parameters) throws NoSuchMethodException {
        return Declaration.onMethod(SMSGatewayV2.class, SMSGatewayV2.class.getMethod(method, parameters)).stream()
                .map(RuleIds::of)
                .toList();
    }

    @Test
    void namesClassAndMethodInKebabCase() throws Exception {
        assertThat(ids("sendMessage", String.class).get(0)).matches("sms-gateway-v2-send-message-[0-9a-f]{10}");
        assertThat(RuleIds.of(Declaration.onType(SMSGatewayV2.class).get(0))).matches("sms-gateway-v2-[0-9a-f]{10}");
    }

    @Test
    void isTheSameInEveryBuild() throws Exception {
        assertThat(ids("sendMessage", String.class))
                .containsExactly("sms-gateway-v2-send-message-753e98554c", "sms-gateway-v2-send-message-d9b9bcd594");
    }

    @Test
    void tellsOverloadedMethodsAndRepeatedAnnotationsApart() throws Exception {
        assertThat(Stream.of(ids("sendMessage", String.class), ids("sendMessage", String.class, int.class))
                        .flatMap(List::stream))
                .hasSize(3)
                .doesNotHaveDuplicates();
    }

    @Test
    void alwaysHasTheFormOfARulesId() throws Exception {
        assertThat(Stream.of(ids("aMethodWithANameThatIsLongerThanAnyRuleMayEverBeCalledByAnyone"), ids("__$"))
                        .flatMap(List::stream))
                .allMatch(id -> id.matches("[a-z0-9-]{1,64}"));
    }
}
