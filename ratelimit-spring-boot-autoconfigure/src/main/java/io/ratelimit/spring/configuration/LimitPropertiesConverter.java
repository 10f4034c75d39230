package io.ratelimit.spring.configuration;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.core.convert.TypeDescriptor;
import org.springframework.core.convert.converter.GenericConverter;

/** Lets a limit be written as a text. A number is one too, so that what is wrong with it can be told. */
final class LimitPropertiesConverter implements GenericConverter {
    @Override
    public Set<ConvertiblePair> getConvertibleTypes() {
        return Set.of(
                new ConvertiblePair(String.class, LimitProperties.class),
                new ConvertiblePair(Number.class, LimitProperties.class));
    }

    @Override
    public @Nullable Object convert(@Nullable Object source, TypeDescriptor sourceType, TypeDescriptor targetType) {
        return source == null ? null : new LimitProperties(source.toString(), null, null);
    }
}
