/** Who is asking: API keys, users, and addresses behind trusted proxies. */
@NullMarked
package io.ratelimit.identity;

import org.jspecify.annotations.NullMarked;
