package dev.batchgate.ledger;

import dev.batchgate.ingestion.DatabaseUrl;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** A PostgreSQL that replicas share, who may be writing to it. */
record SharedStore(DatabaseUrl url) implements Store {

    private static final String ONE_MOMENT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY";

    private static final String PLACE = "SET LOCAL search_path TO ";

    private static final String IS_THERE = "SELECT to_regclass('acceptance') IS NOT NULL";

    /** The version of a store is that of the newest thing in it that is read. */
    private static final String IS_CURRENT = "SELECT to_regclass('dispatch_by_turn') IS NOT NULL";

    /** Without, the driver would take the whole of a result into memory. */
    private static final String ROW_BY_ROW = "defaultRowFetchSize=1000";

    @Override
    public Connection open() throws SQLException {
        Connection connection = connect();
        try (Statement first = connection.createStatement()) {
            connection.setAutoCommit(false);
            first.execute(ONE_MOMENT);
            first.execute(PLACE + '"' + url.schema() + '"');
            require(first, IS_THERE, "Batchgate has never been started on it");
            require(first, IS_CURRENT, "it is from an older version; start Batchgate on it once");
            return connection;
        } catch (SQLException unreadable) {
            connection.close();
            throw unreadable;
        }
    }

    private Connection connect() throws SQLException {
        String more = url.jdbcUrl().contains("?") ? "&" : "?";
        return new DatabaseUrl(url.jdbcUrl() + more + ROW_BY_ROW, url.user(), url.password()).connect();
    }

    private static void require(Statement statement, String question, String reason) throws SQLException {
        try (ResultSet row = statement.executeQuery(question)) {
            row.next();
            if (!row.getBoolean(1)) {
                throw new SQLException(reason);
            }
        }
    }

    @Override
    public String toString() {
        return url.toString();
    }
}
