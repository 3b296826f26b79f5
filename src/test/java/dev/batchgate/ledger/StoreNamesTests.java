package dev.batchgate.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.batchgate.TestPostgres;
import dev.batchgate.ingestion.DatabaseUrl;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How the command line names a store, and what it is told where there is none. */
class StoreNamesTests {

    @Test
    void aDatabaseIsReadInItsOwnSchema() throws Exception {
        DatabaseUrl database = databaseWithTables("batchgate");

        assertThat(verify("--store", TestPostgres.variable(database)))
                .startsWith("Ledger of the store in " + database)
                .contains("dispatches   0", "violations   0");
        assertThat(verify("--store=" + database.jdbcUrl() + "?user=postgres&password=postgres"))
                .startsWith("Ledger of the store in " + database + System.lineSeparator());
        assertThat(verify("--store", TestPostgres.variable(database) + "?currentSchema=public"))
                .contains("Batchgate has never been started on it");
    }

    @Test
    void aDatabaseIsReadInTheSchemaOfItsUrl() throws Exception {
        DatabaseUrl database = databaseWithTables("elsewhere");

        assertThat(verify("--store", TestPostgres.variable(database) + "?currentSchema=elsewhere"))
                .startsWith("Ledger of the store in " + database + System.lineSeparator());
        assertThat(verify("--store", TestPostgres.variable(database)))
                .contains("The store in " + database + " cannot be read: Batchgate has never been started on it");
    }

    @Test
    void allThatIsReadIsOfOneMomentAndNothingIsWritten() throws Exception {
        DatabaseUrl database = databaseWithTables("batchgate");
        try (Connection reading = Store.of(TestPostgres.variable(database)).open();
                Statement proof = reading.createStatement();
                Connection writing = database.connect();
                Statement service = writing.createStatement()) {
            service.execute("INSERT INTO batchgate.run VALUES (1, 0, 0, 'database', 1, 1, 1, NULL)");

            try (ResultSet runs = proof.executeQuery(StoreRecords.RUNS)) {
                assertThat(runs.next()).isFalse();
            }
            assertThat(proof.getFetchSize()).isPositive();
            assertThatThrownBy(() -> proof.execute("DELETE FROM run")).hasMessageContaining("read-only");
        }
        assertThat(verify("--store", TestPostgres.variable(database))).contains("runs         1");
    }

    @Test
    void aDatabaseOfAnOlderVersionIsToBeStartedOnce() throws Exception {
        DatabaseUrl database = database("batchgate", "V1__tables.sql", "V5__origins.sql");

        assertThat(verify("--store", TestPostgres.variable(database)))
                .contains("it is from an older version; start Batchgate on it once");
    }

    private static DatabaseUrl databaseWithTables(String schema) throws IOException, SQLException {
        return database(schema, "V1__tables.sql", "V5__origins.sql", "V9__fairness.sql");
    }

    private static DatabaseUrl database(String schema, String... migrations) throws IOException, SQLException {
        DatabaseUrl database = TestPostgres.newDatabase();
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE SCHEMA %1$s; SET search_path TO %1$s".formatted(schema));
            for (String migration : migrations) {
                try (InputStream tables =
                        StoreNamesTests.class.getResourceAsStream("/dev/batchgate/postgres/" + migration)) {
                    statement.execute(new String(tables.readAllBytes(), StandardCharsets.UTF_8));
                }
            }
        }
        return database;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "postgres://user:secret@localhost:1/database",
                "postgres://user:secret@:5432/database",
                "postgres://user:sec ret@localhost/database",
                "postgresql://user:secret@localhost:1/database?sslmode=lucky",
                "jdbc:postgresql://localhost:1/database?user=user&password=secret",
                "jdbc:postgresql://localhost:port/database?user=user&password=secret",
                "jdbc:postgresql://user:secret@localhost:1/database",
                "no/such/folder",
            })
    void whatCannotBeReadIsSaidWithoutThePassword(String name) {
        assertThat(verify("--store", name))
                .containsPattern("cannot be (read|used): .+")
                .contains("Usage: java -jar batchgate.jar verify-ledger --store DIR or URL")
                .doesNotContain("violations", "secret", "sec ret", "Exception");
    }

    private static String verify(String... arguments) {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        int exit = VerifyLedger.run(List.of(arguments), new PrintStream(printed, true, StandardCharsets.UTF_8));
        String report = printed.toString(StandardCharsets.UTF_8);
        assertThat(exit).as(report).isEqualTo(report.contains("violations") ? 0 : 2);
        return report;
    }
}
