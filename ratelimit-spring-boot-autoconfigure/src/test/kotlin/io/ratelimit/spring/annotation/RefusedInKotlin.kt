package io.ratelimit.spring.annotation

import io.ratelimit.limit.Algorithm
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.flowOf

open class ReturnsFlow {
    @RateLimited("5/1m")
    open fun all(prefix: String): Flow<String> = flowOf(prefix)
}

open class ReturnsStateFlow {
    @RateLimited("5/1m")
    open fun state(): StateFlow<String> = MutableStateFlow("")
}

open class ReturnsFlowLater {
    @RateLimited("5/1m")
    open suspend fun all(prefix: String): Flow<String> = flowOf(prefix)
}

open class FallbackOfAnotherType {
    @RateLimited(value = "5/1m", fallback = "none")
    open suspend fun quote(name: String): String = name

    suspend fun none(name: String): Int = name.length
}

open class FallbackWithOtherParameters {
    @RateLimited(value = "5/1m", fallback = "none")
    open suspend fun quote(name: String): String = name

    suspend fun none(number: Int): String = "$number"
}

open class SuspendingFallbackOfPlainFunction {
    @RateLimited(value = "5/1m", fallback = "later")
    open fun quote(name: String): String = name

    suspend fun later(name: String): String = name
}

open class UnknownArgument {
    @RateLimited(value = "5/1m", key = "#nobody")
    open suspend fun quote(name: String): String = name
}

open class ReadsOneTooMany {
    @RateLimited(value = "5/1m", key = "#a1")
    open suspend fun quote(name: String): String = name
}

class FinalClass {
    @RateLimited("5/1m")
    fun quote(name: String): String = name
}

open class FinalFunction {
    @RateLimited("5/1m")
    suspend fun quote(name: String): String = name
}

open class Leaking {
    @RateLimited(value = "10/1s", algorithm = Algorithm.LEAKY_BUCKET)
    open suspend fun quote(name: String): String = name
}
