package io.ratelimit.spring.autoconfigure;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;

/** Says in one line where the counters live, when everything is there. */
final class StartReport implements SmartInitializingSingleton {
    private static final Logger log = LoggerFactory.getLogger(StartReport.class);

    private final BackendChoice backend;

    StartReport(BackendChoice backend) {
        this.backend = backend;
    }

    @Override
    public void afterSingletonsInstantiated() {
        log.info("Rate limits are counted in {}, because {}", backend.place(), backend.reason());
    }
}
