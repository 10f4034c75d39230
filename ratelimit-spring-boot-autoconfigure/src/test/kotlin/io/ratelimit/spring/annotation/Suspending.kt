package io.ratelimit.spring.annotation

import io.ratelimit.RateLimitExceededException
import io.ratelimit.limit.Algorithm
import java.io.IOException
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CopyOnWriteArrayList
import kotlinx.coroutines.CoroutineName
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.delay
import kotlinx.coroutines.future.future
import kotlinx.coroutines.runBlocking

/** Suspend functions that are limited; those that answer in their place suspend too, so that nothing comes back at once. */
open class Suspending {
    open val calls = CopyOnWriteArrayList<String>()

    @RateLimited("1/1m")
    open suspend fun alone(name: String): String {
        delay(1)
        return "new $name"
    }

    @RateLimited(value = "1/1m", key = "#name")
    open suspend fun byArgument(name: String): String = alwaysLater("new $name")

    @RateLimited(value = "1/1m", fallback = "old")
    open suspend fun quote(name: String): String = alwaysLater("new $name")

    private suspend fun old(name: String): String = alwaysLater("old $name")

    @RateLimited(value = "1/1m", fallback = "explained")
    open suspend fun explainable(name: String): String = alwaysLater("new $name")

    suspend fun explained(name: String): String = "not this one"

    suspend fun explained(name: String, denial: RateLimitExceededException): String =
        alwaysLater("old $name of ${denial.decision().limit()}")

    @RateLimited(value = "1/1m", fallback = "plain")
    open suspend fun withPlainFallback(name: String): String = alwaysLater("new $name")

    fun plain(name: String): String = "plain $name"

    @RateLimited(value = "1/1m", fallback = "none")
    open suspend fun number(): Int = 1

    fun none(): Int = 0

    @RateLimited(value = "1/1m", fallback = "drop")
    open suspend fun nothing(name: String) {
        alwaysLater(name)
        calls.add("new $name")
    }

    suspend fun drop(name: String) {
        alwaysLater(name)
        calls.add("dropped $name")
    }

    @RateLimited(value = "1/1m", fallback = "failing")
    open suspend fun unlucky(): String = "new"

    suspend fun failing(): String {
        delay(1)
        throw IOException("gone too")
    }

    @RateLimited(value = "1/1s burst 2", algorithm = Algorithm.LEAKY_BUCKET)
    open suspend fun print(): String {
        delay(1)
        return "page ${calls.size + 1} in ${currentCoroutineContext()[CoroutineName]?.name}".also(calls::add)
    }

    private suspend fun alwaysLater(text: String): String {
        delay(1)
        return text
    }
}

/** Calls suspend functions as Kotlin does, for tests in Java. */
class Suspended(private val limited: Suspending) {
    fun alone(name: String): String = runBlocking { limited.alone(name) }

    fun byArgument(name: String): String = runBlocking { limited.byArgument(name) }

    fun quote(name: String): String = runBlocking { limited.quote(name) }

    fun explainable(name: String): String = runBlocking { limited.explainable(name) }

    fun withPlainFallback(name: String): String = runBlocking { limited.withPlainFallback(name) }

    fun number(): Int = runBlocking { limited.number() }

    fun nothing(name: String) = runBlocking { limited.nothing(name) }

    fun unlucky(): String = runBlocking { limited.unlucky() }

    /** Cancelling the future cancels the coroutine. */
    fun print(): CompletableFuture<String> =
        CoroutineScope(Dispatchers.Default + CoroutineName("printing")).future { limited.print() }
}
