/**
 * What turns names and values into checked rules: the properties, what reads and checks them, and how all that is wrong with
 * them is told at once. Knows no beans and no conditions, so that rules from anywhere are read by the same code.
 */
@NullMarked
package io.ratelimit.spring.configuration;

import org.jspecify.annotations.NullMarked;
