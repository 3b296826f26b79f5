package dev.batchgate.local;

import dev.batchgate.ingestion.Backoff;
import dev.batchgate.ingestion.BatchgateProperties;
import dev.batchgate.ingestion.Changes;
import dev.batchgate.ingestion.DatabaseConfigured;
import dev.batchgate.ingestion.RetryProperties;
import dev.batchgate.ingestion.Telemetry;
import java.sql.SQLException;
import java.time.Clock;
import java.util.SplittableRandom;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@Conditional(DatabaseConfigured.Not.class)
@EnableConfigurationProperties(StoreProperties.class)
class LocalConfiguration {

    @Bean
    StoreFolder storeFolder(StoreProperties properties) {
        return StoreFolder.open(properties.path());
    }

    @Bean
    Journal journal(StoreFolder folder, Telemetry telemetry) {
        try {
            return new Journal(
                    new StoreWriter(folder),
                    telemetry,
                    Ticker.SYSTEM,
                    () -> Runtime.getRuntime().halt(1));
        } catch (SQLException unusable) {
            throw folder.unusable(unusable);
        }
    }

    @Bean
    StoreReader storeReader(StoreFolder folder) {
        return new StoreReader(folder);
    }

    @Bean
    StoredResults results(StoreReader reader) {
        return new StoredResults(reader);
    }

    @Bean
    StoredTraceparents traceparents(StoreReader reader) {
        return new StoredTraceparents(reader);
    }

    @Bean
    StoredDispatches dispatchLog(StoreReader reader) {
        return new StoredDispatches(reader);
    }

    @Bean
    LocalQueue batchQueue(
            StoreFolder folder,
            Journal journal,
            StoreReader reader,
            BatchgateProperties properties,
            RetryProperties retries,
            Changes changes,
            Telemetry telemetry,
            Clock clock) {
        Ticker ticker = Ticker.SYSTEM;
        // The journal's thread alone draws from it.
        Backoff backoff = Backoff.fullJitter(new SplittableRandom());
        try {
            Backlog backlog = Recovery.takeOver(folder, properties, clock, ticker);
            QueueParts parts = QueueParts.of(backlog, changes, telemetry, properties, retries, clock, ticker);
            return new LocalQueue(backlog, parts, journal, new FinishedIngestions(reader), backoff);
        } catch (SQLException unusable) {
            throw folder.unusable(unusable);
        }
    }

    @Bean
    LocalOrders orders(LocalQueue queue) {
        return queue.orders();
    }

    @Bean
    LocalListing listing(LocalQueue queue, StoreReader reader) {
        return queue.listing(reader);
    }

    @Bean
    LocalOutbox outbox(Journal journal, StoreReader reader, Clock clock) {
        return new LocalOutbox(journal, reader, clock);
    }

    @Bean
    Retention retention(Journal journal, LocalQueue queue, Clock clock, StoreProperties properties) {
        return new Retention(journal, clock, properties.retention(), queue::forgetTurns);
    }

    @Bean
    StoreHealth storeHealthIndicator(Journal journal) {
        return new StoreHealth(journal);
    }
}
