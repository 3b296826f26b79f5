package dev.batchgate.ledger;

import java.util.TreeMap;

/** A row of a table, by column. */
final class SimulatedRow extends TreeMap<String, Object> {

    private static final long serialVersionUID = 1;

    SimulatedRow with(String column, Object value) {
        put(column, value);
        return this;
    }

    long number(String column) {
        return ((Number) get(column)).longValue();
    }
}
