/** The filters, the interceptor and what else stands in front of a servlet application. */
@NullMarked
package io.ratelimit.spring.autoconfigure.web;

import org.jspecify.annotations.NullMarked;
