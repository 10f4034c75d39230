package io.ratelimit.spring.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;

/**
 * Has a {@code @SpringBootTest} count in {@link TestLimits} in place of Redis or memory. A {@code @WebMvcTest} does so
 * without it.
 */
@Documented
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ImportAutoConfiguration(TestLimitsAutoConfiguration.class)
public @interface AutoConfigureTestLimits {}
