package dev.batchgate.ledger;

import dev.batchgate.ingestion.DatabaseUrl;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** A PostgreSQL that replicas share, who may be writing to it. */
record SharedStore(DatabaseUrl url) implements Store {

    private static final String ONE_MOMENT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY";

    /** Where Batchgate puts its tables, unless it was told of another place. */
    private static final String PLACE = "SET LOCAL search_path TO batchgate";

    private static final String PLACE_PARAMETER = "currentSchema=";

    /** The version of a store is that of the newest table in it. */
    private static final String IS_CURRENT = "SELECT to_regclass('acceptance') IS NOT NULL";

    /** Without, the driver would take the whole of a result into memory. */
    private static final String ROW_BY_ROW = "defaultRowFetchSize=1000";

    @Override
    public Connection open() throws SQLException {
        Connection connection = connect();
        try (Statement first = connection.createStatement()) {
            connection.setAutoCommit(false);
            first.execute(ONE_MOMENT);
            if (!url.jdbcUrl().contains(PLACE_PARAMETER)) {
                first.execute(PLACE);
            }
            requireCurrent(first);
            return connection;
        } catch (SQLException unreadable) {
            connection.close();
            throw unreadable;
        }
    }

    private Connection connect() throws SQLException {
        try {
            String more = url.jdbcUrl().contains("?") ? "&" : "?";
            return new DatabaseUrl(url.jdbcUrl() + more + ROW_BY_ROW, url.user(), url.password()).connect();
        } catch (SQLException failed) {
            String message = String.valueOf(failed.getMessage());
            // The driver repeats a URL that it cannot read, with the password that may be in it.
            throw message.contains(url.jdbcUrl())
                    ? new SQLException("the driver cannot read the URL", failed.getSQLState())
                    : failed;
        }
    }

    private static void requireCurrent(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery(IS_CURRENT)) {
            row.next();
            if (!row.getBoolean(1)) {
                throw new SQLException("Batchgate has never been started on it");
            }
        }
    }

    /** Some write user and password before the host, as the driver has it nowhere. */
    @Override
    public String toString() {
        return url.toString().replaceFirst("//[^/]*@", "//");
    }
}
