/** A web application with a limit of each kind. What is limited, and how, stands in application.yml. */
@NullMarked
package io.ratelimit.sample;

import org.jspecify.annotations.NullMarked;
