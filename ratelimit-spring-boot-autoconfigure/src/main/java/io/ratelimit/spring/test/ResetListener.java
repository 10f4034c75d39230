package io.ratelimit.spring.test;

import org.springframework.test.context.TestContext;
import org.springframework.test.context.support.AbstractTestExecutionListener;

/** Resets {@link TestLimits} before each test method: contexts are shared by methods and classes, and so are counters. */
final class ResetListener extends AbstractTestExecutionListener {
    @Override
    public void beforeTestMethod(TestContext test) {
        if (test.hasApplicationContext()) {
            test.getApplicationContext().getBeanProvider(TestLimits.class).ifAvailable(TestLimits::reset);
        }
    }
}
