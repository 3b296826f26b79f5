package dev.batchgate.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.batchgate.ingestion.Unavailable;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DatabaseTests {

    private final TestInstallation installation = new TestInstallation();

    @AfterEach
    void close() {
        installation.close();
    }

    private void execute(String sql) {
        installation.database().call(connection -> {
            try (Statement statement = connection.createStatement()) {
                return statement.execute(sql);
            }
        });
    }

    @Test
    void whatBrokeWhileNobodyLookedIsNotFoundOutByWhoeverComesNext() {
        Database database = installation.database();
        try (Database.Session quiet = database.session();
                Database.Session busy = database.session()) {
            long broken = quiet.call(DatabaseTests::process);
            busy.call(DatabaseTests::process);
            execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    + " WHERE pid <> pg_backend_pid() AND datname = current_database()");

            assertThatThrownBy(() -> busy.call(DatabaseTests::process)).isInstanceOf(Unavailable.class);

            assertThat(quiet.call(DatabaseTests::process)).isNotEqualTo(broken);
            assertThat(busy.call(DatabaseTests::process)).isPositive();
        }
    }

    private static long process(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_backend_pid()")) {
            row.next();
            return row.getLong(1);
        }
    }

    @Test
    void oneCallThatFailsAmongManyKeepsNobodyOut() {
        execute("SELECT 1");

        assertThatThrownBy(() -> execute("SELECT 1 / 0")).isInstanceOf(Unavailable.class);
        assertThat(installation.database().trouble()).isPresent();
        assertThatCode(() -> execute("SELECT 1")).doesNotThrowAnyException();
        assertThat(installation.database().trouble()).isEmpty();
    }
}
