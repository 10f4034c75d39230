/** What an operator sees: the state of the backend, health, meters, events and the endpoint. */
@NullMarked
package io.ratelimit.spring.actuate;

import org.jspecify.annotations.NullMarked;
