package dev.batchgate.postgres;

import dev.batchgate.TestPostgres;
import dev.batchgate.ingestion.Backoff;
import dev.batchgate.ingestion.BatchgateProperties;
import dev.batchgate.ingestion.Changes;
import dev.batchgate.ingestion.DatabaseUrl;
import dev.batchgate.ingestion.OrdersContract.Desk;
import dev.batchgate.ingestion.Queues;
import dev.batchgate.ingestion.RetryProperties;
import dev.batchgate.ingestion.Telemetry;
import dev.batchgate.ledger.VerifyLedger;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** A database of its own, and the replicas that share it, all in this process. */
final class TestInstallation implements AutoCloseable {

    private static final String NEXT_RUN = "SELECT nextval(pg_get_serial_sequence('run', 'run'))";

    private static String template = "";

    private final DatabaseUrl url = TestPostgres.newDatabase(template());
    private final List<AutoCloseable> open = new ArrayList<>();
    private final Database database;
    private Duration lease = Duration.ofSeconds(10);
    private LongSupplier ticker = System::nanoTime;
    private Supplier<Alarm> alarms = Alarm::new;
    private Backoff backoff = longest -> longest;
    private final Telemetry telemetry = new Telemetry();

    TestInstallation() {
        database = opened(new Database(url));
    }

    /** Migrated once for all; to copy it takes less time. */
    private static synchronized String template() {
        if (template.isEmpty()) {
            DatabaseUrl first = TestPostgres.newDatabase();
            Installation.migrate(first);
            template = first.jdbcUrl().substring(first.jdbcUrl().lastIndexOf('/') + 1);
        }
        return template;
    }

    DatabaseUrl url() {
        return url;
    }

    Database database() {
        return database;
    }

    /** Is told by all replicas what they do. */
    Telemetry telemetry() {
        return telemetry;
    }

    /** How long those live on that fall silent, of the replicas that are made from now on. */
    TestInstallation lease(Duration time) {
        lease = time;
        return this;
    }

    /** Lets time pass for the database and the replicas made from now on only where somebody waits. */
    MovedDatabaseTime moveTime() {
        MovedDatabaseTime time = new MovedDatabaseTime(database);
        ticker = time::nanos;
        alarms = () -> time.alarm();
        return time;
    }

    /** What is left of one replica. */
    record Member(PostgresQueue queue, Desk desk, Leases leases, Notifications notifications, Replica replica) {}

    Desk desk(String... settings) {
        return member(settings).desk();
    }

    /** Another replica; settings are written {@code name=value}, without their prefix. */
    Member member(String... settings) {
        BatchgateProperties properties = Queues.properties(settings);
        RetryProperties retries = Queues.retries(settings);
        Replica replica = new Replica(number(NEXT_RUN), "a test", lease, ticker);
        Flights flights = new Flights();
        Alarm alarm = alarms.get();
        QueueView view = new QueueView(database, properties, retries);
        Contests contests = new Contests(database, properties);
        Standings standings = new Standings(database, contests, properties);
        StoredIngestions ingestions = new StoredIngestions(database);
        Submissions submissions = opened(new Submissions(
                database.session(),
                properties.limits().maxBacklog(),
                view::untilSlot,
                properties.interval(),
                telemetry));
        Claims claims = opened(new Claims(
                database.session(), replica, properties.interval(), properties.maxInFlight(), properties.fairness()));
        PostgresQueue queue = new PostgresQueue(
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
                backoff,
                properties.interval());
        Leases leases = opened(new Leases(database, replica, flights));
        Changes changes = new Changes();
        Notifications notifications = opened(new Notifications(database, url, alarm, changes).start());
        Desk desk = new Desk(
                queue,
                new PostgresOrders(database, ingestions, view, properties),
                new StoredResults(database),
                new StoredDispatches(database),
                new PostgresListing(database, standings),
                changes);
        return new Member(queue, desk, leases, notifications, replica);
    }

    private <T extends AutoCloseable> T opened(T one) {
        open.add(0, one);
        return one;
    }

    /** What the ledger's check prints. */
    String verify() {
        ByteArrayOutputStream report = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(report, true, StandardCharsets.UTF_8);
        VerifyLedger.run(List.of("--store", TestPostgres.variable(url)), out);
        return report.toString(StandardCharsets.UTF_8);
    }

    long number(String sql) {
        return database.call(connection -> number(connection, sql));
    }

    private static long number(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    @Override
    public void close() {
        for (AutoCloseable one : open) {
            try {
                one.close();
            } catch (Exception broken) {
                throw new AssertionError(broken);
            }
        }
    }
}
