package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisReadOnlyException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Which of several failures is told. */
class RotationTest {
    private final RuntimeException gone = new RedisConnectionException("gone");
    private final RuntimeException alsoGone = new RedisConnectionException("also gone");
    private final RuntimeException wrongPassword =
            new RedisConnectionException("wrapped", new RedisCommandExecutionException("WRONGPASS invalid"));
    private final RuntimeException loading = new RedisCommandExecutionException("LOADING the data");

    @Test
    void tellsWhatAServerSaidBeforeWhatNobodySaid() {
        assertThat(failure(wrongPassword, wrongPassword, gone)).isSameAs(wrongPassword);
        assertThat(failure(gone, wrongPassword, alsoGone)).isSameAs(wrongPassword);
    }

    @Test
    void tellsThatTheMasterIsGoneBeforeWhatOneSentinelSaid() {
        assertThat(failure(gone, gone, new NotLedException(wrongPassword))).isSameAs(gone);
        assertThat(failure(new NotLedException(wrongPassword), new NotLedException(gone)))
                .as("of sentinels alone, one that says why")
                .hasCause(wrongPassword);
    }

    @Test
    void tellsThatTheMasterIsGoneBeforeWhatItsReplicasSaid() {
        RuntimeException replica = new RedisReadOnlyException("READONLY It is a replica");

        assertThat(failure(replica, gone, replica)).isSameAs(gone);
        assertThat(failure(wrongPassword, replica)).isSameAs(wrongPassword);
    }

    @Test
    void tellsTheLatestOfTwoOfASort() {
        assertThat(failure(wrongPassword, gone, loading)).isSameAs(loading);
        assertThat(failure(gone, alsoGone, gone)).isSameAs(gone);
    }

    @Test
    void triesNoFurtherPlaceOnceItIsClosed() {
        CompletableFuture<ScriptConnection> underWay = new CompletableFuture<>();
        AtomicInteger tried = new AtomicInteger();
        Rotation<String> rotation = new Rotation<>(List.of("a", "b", "c"));
        CompletionStage<ScriptConnection> connecting = rotation.connect(place -> {
            tried.incrementAndGet();
            return underWay;
        });

        rotation.close();
        underWay.completeExceptionally(gone);

        assertThat(connecting).isCompletedExceptionally();
        assertThat(tried).hasValue(1);
    }

    @Test
    void saysThatThereIsNobody() {
        assertThat(failure()).isInstanceOf(RedisException.class);
    }

    private static Throwable failure(RuntimeException... failures) {
        List<RuntimeException> places = List.of(failures);
        return new Rotation<>(places)
                .connect(CompletableFuture::failedFuture)
                .handle((opened, failure) -> failure instanceof CompletionException ? failure.getCause() : failure)
                .toCompletableFuture()
                .join();
    }
}
