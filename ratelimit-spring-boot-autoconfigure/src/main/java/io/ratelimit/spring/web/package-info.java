/** Limits in front of a servlet application: the filter, path matching, headers, answers, and the way to a handler. */
@NullMarked
package io.ratelimit.spring.web;

import org.jspecify.annotations.NullMarked;
