package dev.batchgate.ingestion;

import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Whether a PostgreSQL is configured, which replicas share; else the store is this process's own. */
public final class DatabaseConfigured implements Condition {

    @Override
    public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
        return DatabaseUrl.of(context.getEnvironment()).isPresent();
    }

    /** The other case. */
    public static final class Not implements Condition {

        @Override
        public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
            return DatabaseUrl.of(context.getEnvironment()).isEmpty();
        }
    }
}
