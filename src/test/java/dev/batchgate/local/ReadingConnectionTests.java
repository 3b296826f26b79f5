package dev.batchgate.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadingConnectionTests {

    private static final String COUNT = "SELECT count(*) FROM quota WHERE used_until >= ?";
    private static final String ALL = "SELECT owner FROM quota ORDER BY owner";

    @TempDir
    Path folder;

    private StoreFolder store;
    private Connection writing;
    private Connection reading;

    @BeforeEach
    void open() throws SQLException {
        store = StoreFolder.open(folder);
        writing = store.connectToWrite();
        reading = store.reading().getConnection();
        write("INSERT INTO quota (owner, used_until) VALUES ('a', 1), ('b', 2), ('c', 3)");
    }

    @AfterEach
    void close() throws SQLException {
        reading.close();
        writing.close();
        store.close();
    }

    private void write(String sql) throws SQLException {
        try (Statement statement = writing.createStatement()) {
            statement.executeUpdate(sql);
        }
    }

    private static long count(PreparedStatement count) throws SQLException {
        try (ResultSet row = count.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    @Test
    void preparesAgainOnlyWhatIsInUse() throws SQLException {
        PreparedStatement first = reading.prepareStatement(COUNT);
        PreparedStatement second = reading.prepareStatement(COUNT);
        assertThat(second).isNotSameAs(first);
        first.close();
        assertThat(reading.prepareStatement(COUNT)).isSameAs(first);
        second.close();
        assertThat(reading.prepareStatement(COUNT)).isSameAs(second);
        assertThat(reading.prepareStatement(ALL)).isNotIn(first, second);
    }

    @Test
    void letsGoOfWhatNobodyNeedsTwice() throws SQLException {
        PreparedStatement first = reading.prepareStatement(COUNT);
        PreparedStatement second = reading.prepareStatement(COUNT);
        first.close();
        second.close();
        assertThatThrownBy(second::executeQuery).isInstanceOf(SQLException.class);
        try (PreparedStatement again = reading.prepareStatement(COUNT)) {
            assertThat(again).isSameAs(first);
            again.setLong(1, 2);
            assertThat(count(again)).isEqualTo(2);
        }
    }

    @Test
    void mayBeHandedBackTwice() throws SQLException {
        PreparedStatement first = reading.prepareStatement(COUNT);
        first.close();
        first.close();
        try (PreparedStatement again = reading.prepareStatement(COUNT)) {
            again.setLong(1, 2);
            assertThat(count(again)).isEqualTo(2);
        }
    }

    @Test
    void remembersNothingOfWhatWasAskedBefore() throws SQLException {
        try (PreparedStatement count = reading.prepareStatement(COUNT)) {
            count.setLong(1, 2);
            assertThat(count(count)).isEqualTo(2);
        }
        try (PreparedStatement count = reading.prepareStatement(COUNT)) {
            assertThat(count(count)).as("nothing is greater than null").isZero();
        }
    }

    @Test
    void seesWhatHasBeenWrittenMeanwhile() throws SQLException {
        for (int owners = 3; owners < 6; owners++) {
            try (PreparedStatement count = reading.prepareStatement(COUNT)) {
                count.setLong(1, 0);
                assertThat(count(count)).isEqualTo(owners);
            }
            write("INSERT INTO quota (owner, used_until) VALUES ('more" + owners + "', 9)");
        }
    }

    /** As after a failure in the middle of reading. */
    @Test
    void keepsNothingOfTheStoreOnceItIsHandedBack() throws SQLException {
        PreparedStatement all = reading.prepareStatement(ALL);
        all.executeQuery().next();
        write("INSERT INTO quota (owner, used_until) VALUES ('d', 4)");
        assertThat(isLogEmptied()).as("while it is read").isFalse();
        all.close();
        assertThat(isLogEmptied()).as("once it has been closed").isTrue();
    }

    private boolean isLogEmptied() throws SQLException {
        try (Statement statement = writing.createStatement()) {
            statement.execute("PRAGMA busy_timeout = 50");
            try (ResultSet row = statement.executeQuery("PRAGMA wal_checkpoint(TRUNCATE)")) {
                row.next();
                return row.getInt(1) == 0;
            }
        }
    }

    @Test
    void endsWithAllThatItKeeps() throws SQLException {
        PreparedStatement idle = reading.prepareStatement(COUNT);
        idle.close();
        PreparedStatement used = reading.prepareStatement(ALL);
        used.executeQuery().next();
        reading.close();
        assertThatThrownBy(() -> reading.prepareStatement(COUNT)).isInstanceOf(SQLException.class);
        assertThatThrownBy(used::executeQuery).isInstanceOf(SQLException.class);
    }

    @Test
    void preparesAnewWhatHasFailed() throws SQLException {
        for (int attempt = 1; attempt <= 2; attempt++) {
            try (PreparedStatement write = reading.prepareStatement("DELETE FROM quota")) {
                assertThatThrownBy(write::executeUpdate).hasMessageContaining("READONLY");
            }
        }
    }
}
