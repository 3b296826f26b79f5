package dev.batchgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The PostgreSQL that tests break loses nothing it has acknowledged, and its faults are real ones. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PostgresServerTests {

    private final PostgresServer server = PostgresServer.started();
    private String database;

    @BeforeEach
    void makeTable() {
        database = server.newDatabase();
        server.execute(database, "CREATE TABLE kept (n int)");
    }

    @AfterAll
    void stop() throws Exception {
        server.close();
    }

    @Test
    void whatWasCommittedIsThereAfterAKillAndAfterAStop() throws Exception {
        server.execute(database, "INSERT INTO kept VALUES (1)");
        server.kill();
        assertThatThrownBy(() -> server.connect(database)).isInstanceOf(SQLException.class);
        server.start();
        assertThat(server.log()).contains("database system was not properly shut down");
        server.execute(database, "INSERT INTO kept VALUES (2)");
        server.stop();
        assertThatThrownBy(() -> server.connect(database)).isInstanceOf(SQLException.class);
        server.start();

        assertThat(ask("SELECT sum(n) FROM kept")).isEqualTo("3");
    }

    @Test
    void itWritesToStableStorage() throws Exception {
        assertThat(ask("SHOW fsync")).isEqualTo("on");
        assertThat(ask("SHOW synchronous_commit")).isEqualTo("on");
        assertThat(ask("SHOW full_page_writes")).isEqualTo("on");
        assertThat(ask("SHOW max_connections")).isEqualTo("300");
    }

    @Test
    void whileItIsFrozenConnectionsHangAndThenGoOn() throws Exception {
        CompletableFuture<String> answer;
        try (Connection connection = server.connect(database)) {
            server.freeze();
            answer = CompletableFuture.supplyAsync(() -> ask(connection, "SELECT 1"));
            await().during(Duration.ofMillis(500)).until(() -> !answer.isDone());
            server.thaw();

            assertThat(answer.join()).isEqualTo("1");
        }
    }

    @Test
    void aLineThatIsHeldHangsAndOneThatIsCutBreaks() throws Exception {
        try (DatabaseLine line = new DatabaseLine(server.port())) {
            Connection connection = line.connect(database);
            assertThat(ask(connection, "SELECT 1")).isEqualTo("1");
            line.hold();
            CompletableFuture<String> answer = CompletableFuture.supplyAsync(() -> ask(connection, "SELECT 2"));
            await().during(Duration.ofMillis(500)).until(() -> !answer.isDone());
            line.release();
            assertThat(answer.join()).isEqualTo("2");

            line.cut();
            assertThatThrownBy(() -> ask(connection, "SELECT 3")).isInstanceOf(AssertionError.class);
            try (Connection again = line.connect(database)) {
                assertThat(ask(again, "SELECT 4")).isEqualTo("4");
            }
        }
    }

    private String ask(String sql) throws SQLException {
        try (Connection connection = server.connect(database)) {
            return ask(connection, sql);
        }
    }

    private static String ask(Connection connection, String sql) {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        } catch (SQLException failed) {
            throw new AssertionError(sql, failed);
        }
    }
}
