/** What Tomcat has to keep of a request before it rewrites it. */
@NullMarked
package io.ratelimit.spring.autoconfigure.tomcat;

import org.jspecify.annotations.NullMarked;
