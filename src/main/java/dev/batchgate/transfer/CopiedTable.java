package dev.batchgate.transfer;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * A table whose rows are copied one by one, each as it is.
 *
 * @param query of the embedded store, with a column for each that PostgreSQL's table has, of the same name
 * @param types of the columns, in the query's order
 */
record CopiedTable(String name, String query, List<Type> types) {

    /** The type of a column in PostgreSQL. */
    enum Type {
        BIGINT,
        INTEGER,
        SMALLINT,
        TEXT,
        /** Bytes, or a UUID, which is 16 of them. */
        BYTES
    }

    /** Returns how many rows there were. */
    long copy(Connection source, Connection target) throws SQLException {
        try (Statement statement = source.createStatement();
                ResultSet row = statement.executeQuery(query);
                Rows rows = new Rows(target, name, labels(row.getMetaData()))) {
            while (row.next()) {
                rows.begin();
                for (int i = 0; i < types.size(); i++) {
                    copy(row, i + 1, types.get(i), rows);
                }
            }
            return rows.end();
        }
    }

    private static List<String> labels(ResultSetMetaData columns) throws SQLException {
        List<String> labels = new ArrayList<>();
        for (int column = 1; column <= columns.getColumnCount(); column++) {
            labels.add(columns.getColumnLabel(column));
        }
        return labels;
    }

    private static void copy(ResultSet row, int column, Type type, Rows rows) throws SQLException {
        switch (type) {
            case TEXT -> rows.putText(row.getString(column));
            case BYTES -> rows.putBytes(row.getBytes(column));
            default -> {
                long value = row.getLong(column);
                if (row.wasNull()) {
                    rows.putNull();
                } else if (type == Type.BIGINT) {
                    rows.putLong(value);
                } else if (type == Type.INTEGER) {
                    rows.putInt((int) within(Integer.MIN_VALUE, value, Integer.MAX_VALUE));
                } else {
                    rows.putShort((int) within(Short.MIN_VALUE, value, Short.MAX_VALUE));
                }
            }
        }
    }

    private static long within(long least, long value, long most) throws SQLException {
        if (value < least || value > most) {
            throw new SQLException("a number in the store is out of range: " + value);
        }
        return value;
    }
}
