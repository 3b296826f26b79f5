package dev.batchgate.postgres;

import dev.batchgate.ingestion.Backoff;
import dev.batchgate.ingestion.BatchgateProperties;
import dev.batchgate.ingestion.Changes;
import dev.batchgate.ingestion.DatabaseConfigured;
import dev.batchgate.ingestion.DatabaseUrl;
import dev.batchgate.ingestion.RetryProperties;
import dev.batchgate.ingestion.Telemetry;
import java.security.SecureRandom;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

@Configuration(proxyBeanMethods = false)
@Conditional(DatabaseConfigured.class)
@EnableConfigurationProperties(PostgresProperties.class)
class PostgresConfiguration {

    @Bean
    DatabaseUrl databaseUrl(Environment environment) {
        return DatabaseUrl.of(environment).orElseThrow();
    }

    @Bean
    Database database(DatabaseUrl url) {
        return new Database(url);
    }

    @Bean
    Replica replica(DatabaseUrl url, Database database, PostgresProperties properties) throws InterruptedException {
        return Replica.of(Installation.join(url, database), properties.lease());
    }

    @Bean
    Flights flights() {
        return new Flights();
    }

    @Bean
    Alarm alarm() {
        return new Alarm();
    }

    /** After the replica, whose making makes the tables. */
    @Bean
    Notifications notifications(Database database, DatabaseUrl url, Alarm alarm, Changes changes, Replica replica) {
        return new Notifications(database, url, alarm, changes).start();
    }

    @Bean
    Leases leases(Database database, Replica replica, Flights flights) {
        return new Leases(database, replica, flights).start();
    }

    @Bean
    QueueView queueView(Database database, BatchgateProperties properties, RetryProperties retries) {
        return new QueueView(database, properties, retries);
    }

    @Bean
    StoredIngestions storedIngestions(Database database) {
        return new StoredIngestions(database);
    }

    @Bean
    Contests contests(Database database, BatchgateProperties properties) {
        return new Contests(database, properties);
    }

    @Bean
    Standings standings(Database database, Contests contests, BatchgateProperties properties) {
        return new Standings(database, contests, properties);
    }

    @Bean
    PostgresListing listing(Database database, Standings standings) {
        return new PostgresListing(database, standings);
    }

    @Bean
    StoredResults results(Database database) {
        return new StoredResults(database);
    }

    @Bean
    StoredTraceparents traceparents(Database database) {
        return new StoredTraceparents(database);
    }

    @Bean
    StoredDispatches dispatchLog(Database database) {
        return new StoredDispatches(database);
    }

    /** After the replica, whose making makes the tables. */
    @Bean
    Submissions submissions(
            Database database, QueueView view, Telemetry telemetry, BatchgateProperties properties, Replica replica) {
        return new Submissions(
                database.session(),
                properties.limits().maxBacklog(),
                view::untilSlot,
                properties.interval(),
                telemetry);
    }

    @Bean
    Claims claims(Database database, Replica replica, BatchgateProperties properties) {
        return new Claims(
                database.session(), replica, properties.interval(), properties.maxInFlight(), properties.fairness());
    }

    @Bean
    PostgresQueue batchQueue(
            Submissions submissions,
            Claims claims,
            Database database,
            Replica replica,
            StoredIngestions ingestions,
            QueueView view,
            Standings standings,
            Contests contests,
            Flights flights,
            Alarm alarm,
            Telemetry telemetry,
            RetryProperties retries,
            BatchgateProperties properties) {
        return new PostgresQueue(
                replica,
                submissions,
                claims,
                new Landings(database, replica),
                ingestions,
                view,
                standings,
                new Lineups(database, contests, properties),
                flights,
                alarm,
                telemetry,
                new SlotUses(database, properties.interval(), properties.maxInFlight()),
                retries,
                Backoff.fullJitter(new SecureRandom()),
                properties.interval());
    }

    @Bean
    PostgresOrders orders(
            Database database, StoredIngestions ingestions, QueueView view, BatchgateProperties properties) {
        return new PostgresOrders(database, ingestions, view, properties);
    }

    /** After the replica, whose making makes the tables. */
    @Bean
    PostgresOutbox outbox(Database database, Replica replica) {
        return new PostgresOutbox(database);
    }

    @Bean
    Retention retention(Database database, PostgresProperties properties) {
        return new Retention(database, properties.retention());
    }

    @Bean
    StoreHealth storeHealthIndicator(Database database) {
        return new StoreHealth(database);
    }
}
