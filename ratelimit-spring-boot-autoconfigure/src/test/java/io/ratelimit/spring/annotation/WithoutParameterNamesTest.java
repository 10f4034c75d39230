package io.ratelimit.spring.annotation;

import static io.ratelimit.spring.annotation.Denials.assertDenies;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.ratelimit.limit.Algorithm;
import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;

/** Classes that are compiled as javac does by default, without the names of parameters. */
class WithoutParameterNamesTest {
    private static final String FLAG = "compiled with -parameters (Kotlin: -java-parameters)";

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "key = \"#phone\"        | void send(String phone)             | #a0, #p0",
                "key = \"#phone.trim()\" | void send(String phone, String text) | #a0, #a1, #p0, #p1",
                "cost = \"#pages\"       | void send(int pages)                | #a0, #p0",
                "key = \"#arg1\"         | void send(String phone)             | #a0, #p0"
            })
    void namesTheFlagWhereAnExpressionNamesAnArgument(String attribute, String method, String arguments)
            throws Exception {
        assertThat(refusalOf("public class Sms { @RateLimited(value = \"5/1m\", %s) public %s {} }"
                        .formatted(attribute, method)))
                .contains("Sms.send(", "is not there; parameters have names", FLAG, "arguments: " + arguments);
    }

    @Test
    void namesTheFlagWhereAnExpressionNamesAParameterOfTheQuery() throws Exception {
        Class<?> type = compiled("@org.springframework.stereotype.Controller public class Sms {"
                + " @org.springframework.web.bind.annotation.GetMapping(\"/sms\")"
                + " @RateLimited(value = \"5/1m\", key = \"#phone\")"
                + " public void send(@org.springframework.web.bind.annotation.RequestParam String phone) {} }");
        InvalidRateLimitedException refusal =
                catchThrowableOfType(InvalidRateLimitedException.class, () -> start(type, webLayer()));

        assertThat(refusal).hasMessageContainingAll("Sms.send(String), key", "reads #phone, which is not there", FLAG);
    }

    @Test
    void leavesTheFlagOutWhereThereIsNothingToName() throws Exception {
        assertThat(refusalOf(
                        "public class Sms { @RateLimited(value = \"5/1m\", key = \"#phone\") public void send() {} }"))
                .contains("the method has none")
                .doesNotContain("-parameters");
    }

    @Test
    void countsByThePositionOfAnArgument() throws Exception {
        Class<?> type = compiled("public class Sms { @RateLimited(value = \"1/1m\", key = \"#a1\")"
                + " public void send(String text, String phone) {} }");
        try (LimitedApplication application = start(type, WebLayer.none())) {
            Object sms = application.bean(type);
            Method send = type.getMethod("send", String.class, String.class);
            send.invoke(sms, "one", "1");
            send.invoke(sms, "two", "2");

            assertDenies(() -> {
                try {
                    send.invoke(sms, "three", "1");
                } catch (InvocationTargetException thrown) {
                    throw thrown.getTargetException();
                }
            });
        }
    }

    private static WebLayer webLayer() {
        return new ServletWebLayer(() -> {
            throw new IllegalStateException("No request is made");
        });
    }

    private static LimitedApplication start(Class<?> type, WebLayer web) {
        LimitedApplication application = new LimitedApplication().web(web);
        application.context().setClassLoader(type.getClassLoader());
        return application.start(type);
    }

    private String refusalOf(String source) throws Exception {
        Class<?> type = compiled(source);
        return catchThrowableOfType(InvalidRateLimitedException.class, () -> start(type, WebLayer.none()))
                .getMessage();
    }

    private Class<?> compiled(String source) throws Exception {
        Path file = Files.createDirectory(directory.resolve("phone")).resolve("Sms.java");
        Files.writeString(file, "package phone; import io.ratelimit.spring.annotation.RateLimited; " + source);
        String classPath = Stream.of(RateLimited.class, Algorithm.class, Controller.class, GetMapping.class)
                .map(type ->
                        type.getProtectionDomain().getCodeSource().getLocation().getPath())
                .collect(Collectors.joining(File.pathSeparator));
        int result = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-proc:none", "-nowarn", "-cp", classPath, file.toString());
        assertThat(result).isZero();
        return new URLClassLoader(
                        new URL[] {directory.toUri().toURL()}, getClass().getClassLoader())
                .loadClass("phone.Sms");
    }
}
