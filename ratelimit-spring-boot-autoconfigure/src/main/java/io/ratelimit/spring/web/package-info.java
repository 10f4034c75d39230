/**
 * What every front shares that limits web requests: matching, owners, costs, decisions, headers and denials. {@link
 * io.ratelimit.spring.web.RequestGate} is where a front comes in. Sees neither the Servlet API nor a web framework's.
 */
@NullMarked
package io.ratelimit.spring.web;

import org.jspecify.annotations.NullMarked;
