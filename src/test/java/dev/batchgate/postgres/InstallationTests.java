package dev.batchgate.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.batchgate.TestPostgres;
import dev.batchgate.ingestion.DatabaseUrl;
import dev.batchgate.ingestion.StartRefused;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class InstallationTests {

    @Test
    void manyThatStartAtOnceMigrateOnceAndGetANumberEach() throws Exception {
        DatabaseUrl url = TestPostgres.newDatabase();
        ExecutorService starting = Executors.newFixedThreadPool(6);
        List<Future<Long>> numbers = new ArrayList<>();
        try (Database database = new Database(url)) {
            for (int i = 0; i < 6; i++) {
                numbers.add(starting.submit(() -> Installation.join(url, database)));
            }
            starting.shutdown();
            Set<Long> different = new HashSet<>();
            for (Future<Long> number : numbers) {
                different.add(number.get());
            }

            assertThat(different).hasSize(6);
            assertThat(number(database, "SELECT count(*) FROM flyway_schema_history WHERE version = '1'"))
                    .isOne();
        }
    }

    @Test
    void whatANewerVersionHasAddedIsNoReasonNotToStart() throws Exception {
        DatabaseUrl url = TestPostgres.newDatabase();
        try (Database database = new Database(url)) {
            Installation.join(url, database);
            number(database, """
                    INSERT INTO flyway_schema_history
                      (installed_rank, version, description, type, script, checksum, installed_by, execution_time, success)
                    VALUES (99, '99', 'what comes', 'SQL', 'V99__what_comes.sql', 1, 'me', 1, true) RETURNING 1""");

            assertThat(Installation.join(url, database)).isEqualTo(2);
        }
    }

    @Test
    void anEncodingThatCannotHoldEveryTextIsRefused() {
        DatabaseUrl url = TestPostgres.newDatabase("template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'");
        try (Database database = new Database(url)) {
            assertThatThrownBy(() -> Installation.join(url, database))
                    .isInstanceOf(StartRefused.class)
                    .hasMessageContaining("LATIN1");
        }
    }

    @Test
    void aDatabaseThatIsNotThereIsRefusedAtOnceWithoutItsPassword() {
        DatabaseUrl there = TestPostgres.newDatabase();
        DatabaseUrl url = new DatabaseUrl(there.jdbcUrl() + "_not", "postgres", "secret");
        try (Database database = new Database(url)) {
            assertThatThrownBy(() -> Installation.join(url, database))
                    .isInstanceOf(StartRefused.class)
                    .hasMessageContaining("does not exist")
                    .hasMessageNotContaining("secret");
        }
    }

    @Test
    void whoMayNotMakeTheSchemaIsToldWhoHasTo() {
        DatabaseUrl url = TestPostgres.newDatabase();
        try (Database database = new Database(url);
                Database guests = new Database(new DatabaseUrl(url.jdbcUrl(), "visitor", "secret"))) {
            execute(database, "CREATE ROLE visitor LOGIN PASSWORD 'secret'");
            DatabaseUrl asGuest = new DatabaseUrl(url.jdbcUrl(), "visitor", "secret");

            assertThatThrownBy(() -> Installation.join(asGuest, guests))
                    .isInstanceOf(StartRefused.class)
                    .hasMessageContaining("has no schema batchgate, and its user may not create one");
            execute(database, "CREATE SCHEMA batchgate AUTHORIZATION visitor");
            assertThatCode(() -> Installation.join(asGuest, guests)).doesNotThrowAnyException();
            execute(database, "DROP SCHEMA batchgate CASCADE");
            execute(database, "DROP ROLE visitor");
        }
    }

    private static void execute(Database database, String sql) {
        database.call(connection -> {
            try (var statement = connection.createStatement()) {
                return statement.execute(sql);
            }
        });
    }

    private static long number(Database database, String sql) {
        return database.call(connection -> {
            try (var statement = connection.createStatement();
                    var row = statement.executeQuery(sql)) {
                row.next();
                return row.getLong(1);
            }
        });
    }
}
