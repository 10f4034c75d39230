/** What tests of applications need: counters that start afresh, over a time that is moved by hand. */
@NullMarked
package io.ratelimit.spring.test;

import org.jspecify.annotations.NullMarked;
