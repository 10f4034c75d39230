/** What stands in front of a servlet application: the filter, the interceptor, requests that are held, and answers. */
@NullMarked
package io.ratelimit.spring.web.servlet;

import org.jspecify.annotations.NullMarked;
