package dev.batchgate.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.batchgate.ingestion.Unavailable;
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
    void oneCallThatFailsAmongManyKeepsNobodyOut() {
        execute("SELECT 1");

        assertThatThrownBy(() -> execute("SELECT 1 / 0")).isInstanceOf(Unavailable.class);
        assertThat(installation.database().trouble()).isPresent();
        assertThatCode(() -> execute("SELECT 1")).doesNotThrowAnyException();
        assertThat(installation.database().trouble()).isEmpty();
    }
}
