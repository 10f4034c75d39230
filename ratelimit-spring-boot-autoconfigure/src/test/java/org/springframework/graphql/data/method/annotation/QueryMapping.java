package org.springframework.graphql.data.method.annotation;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Stands in for the one of Spring for GraphQL. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@SchemaMapping
public @interface QueryMapping {}
