package dev.batchgate.local;

import dev.batchgate.ingestion.BatchgateProperties;
import java.sql.SQLException;
import java.time.Clock;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(StoreProperties.class)
class LocalConfiguration {

    @Bean
    StoreFolder storeFolder(StoreProperties properties) {
        return StoreFolder.open(properties.path());
    }

    @Bean
    Journal journal(StoreFolder folder) {
        try {
            return new Journal(
                    new StoreWriter(folder), () -> Runtime.getRuntime().halt(1));
        } catch (SQLException unusable) {
            throw folder.unusable(unusable);
        }
    }

    @Bean
    FinishedIngestions finishedIngestions(StoreFolder folder) {
        return new FinishedIngestions(folder);
    }

    @Bean
    LocalQueue batchQueue(
            StoreFolder folder,
            Journal journal,
            FinishedIngestions finished,
            BatchgateProperties properties,
            Clock clock) {
        Ticker ticker = Ticker.SYSTEM;
        try {
            Backlog backlog = Recovery.takeOver(folder, properties, clock, ticker);
            return new LocalQueue(backlog, journal, finished, properties, clock, ticker);
        } catch (SQLException unusable) {
            throw folder.unusable(unusable);
        }
    }

    @Bean
    Retention retention(Journal journal, Clock clock, StoreProperties properties) {
        return new Retention(journal, clock, properties.retention());
    }

    @Bean
    StoreHealth storeHealthIndicator(Journal journal) {
        return new StoreHealth(journal);
    }
}
