package dev.batchgate.ledger;

import dev.batchgate.TestPostgres;
import dev.batchgate.ingestion.DatabaseUrl;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/** A store of replicas that no service wrote: a schema of its own, in one database for all. */
final class HandMadeDatabase extends HandMadeStore {

    /** To make one takes longer than all that a test does with it. */
    private static final DatabaseUrl DATABASE = TestPostgres.newDatabase();

    private static final AtomicInteger SCHEMAS = new AtomicInteger();

    private final String schema;

    private HandMadeDatabase(String schema, Connection connection) {
        super(connection);
        this.schema = schema;
    }

    static HandMadeDatabase empty() {
        try {
            Connection connection = DATABASE.connect();
            connection.setAutoCommit(false);
            HandMadeDatabase store = new HandMadeDatabase("made" + SCHEMAS.incrementAndGet(), connection);
            store.sql("CREATE SCHEMA %1$s; SET search_path TO %1$s".formatted(store.schema));
            store.migrate("postgres/V1__tables.sql");
            store.migrate("postgres/V5__origins.sql");
            store.migrate("postgres/V9__fairness.sql");
            return store;
        } catch (SQLException impossible) {
            throw new AssertionError(impossible);
        }
    }

    @Override
    String name() {
        return TestPostgres.variable(DATABASE) + "?currentSchema=" + schema;
    }

    @Override
    Object value(String table, String column, Object value) {
        boolean isId = table.equals("ingestion") && column.equals("id");
        return isId ? UUID.nameUUIDFromBytes((byte[]) value) : value;
    }

    /** With what only this store has. */
    @Override
    void insert(String table, Map<String, Object> row) {
        Map<String, Object> whole = new TreeMap<>(row);
        if (table.equals("ingestion")) {
            whole.put("rank", 1);
        }
        super.insert(table, whole);
    }

    @Override
    public void close() {
        sql("DROP SCHEMA IF EXISTS %s CASCADE".formatted(schema));
        commit();
        super.close();
    }
}
