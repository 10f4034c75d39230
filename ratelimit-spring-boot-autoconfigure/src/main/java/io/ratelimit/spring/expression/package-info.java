/** What an expression may use, and which of its values tell whose quota is counted: the same for rules and annotations. */
@NullMarked
package io.ratelimit.spring.expression;

import org.jspecify.annotations.NullMarked;
