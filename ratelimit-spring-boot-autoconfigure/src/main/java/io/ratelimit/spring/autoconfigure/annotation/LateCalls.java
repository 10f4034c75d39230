package io.ratelimit.spring.autoconfigure.annotation;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.core.task.TaskDecorator;
import org.springframework.core.task.support.CompositeTaskDecorator;

/**
 * Where calls run whose turn comes later, and what they see. The executor's own decoration alone does not do: it takes place
 * when the time has come, on a thread that knows nothing of the caller.
 *
 * @param beans the application's
 * @param decorators what the application carries from thread to thread
 * @param library what is carried by the library that other libraries register with
 */
record LateCalls(
        BeanFactory beans, ObjectProvider<TaskDecorator> decorators, ObjectProvider<ContextPropagation> library) {
    private static final String EXECUTOR = TaskExecutionAutoConfiguration.APPLICATION_TASK_EXECUTOR_BEAN_NAME;

    /** Not a decorator as a bean, because Spring Boot would give that to the executors of the application too. */
    record ContextPropagation(TaskDecorator decorator) {}

    Executor executor() {
        return beans.containsBean(EXECUTOR) && beans.isTypeMatch(EXECUTOR, Executor.class)
                ? beans.getBean(EXECUTOR, Executor.class)
                : ForkJoinPool.commonPool();
    }

    TaskDecorator context() {
        List<TaskDecorator> all = new ArrayList<>(decorators.orderedStream().toList());
        library.ifAvailable(propagation -> all.add(propagation.decorator()));
        return new CompositeTaskDecorator(all);
    }
}
