/** Which limits apply to whom: rules, their keys, tiers and modes. */
@NullMarked
package io.ratelimit.rule;

import org.jspecify.annotations.NullMarked;
