package io.ratelimit.spring.web;

/** Whether paths that differ in case alone are the same path to a rule. */
public enum PathSensitivity {
    /** They are different paths. */
    CASE_SENSITIVE,
    /** They are the same, as the application's own mappings must then treat them. */
    CASE_INSENSITIVE
}
