/** Decisions for requests and calls that go on whatever fails, and what is told of such failures. */
@NullMarked
package io.ratelimit.spring.decision;

import org.jspecify.annotations.NullMarked;
