package dev.batchgate.local;

import dev.batchgate.ingestion.BatchQueue;
import dev.batchgate.ingestion.BatchgateProperties;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class LocalConfiguration {

    @Bean
    BatchQueue batchQueue(BatchgateProperties properties, Clock clock) {
        return new LocalQueue(properties, clock, Ticker.SYSTEM);
    }
}
