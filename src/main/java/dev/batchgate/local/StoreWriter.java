package dev.batchgate.local;

import dev.batchgate.ingestion.Earlier;
import dev.batchgate.ingestion.Fairness;
import dev.batchgate.ingestion.PackedIds;
import dev.batchgate.ingestion.Priority;
import dev.batchgate.ingestion.Submission;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store as the one thread that writes it sees it: one connection, each statement prepared once. Not safe for use by
 * several threads.
 */
class StoreWriter implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(StoreWriter.class);

    private static final String INSERT_INGESTION = """
            INSERT INTO ingestion (id, priority, created_at, batch_size, id_bytes, ids, idempotency_key, owner,
              callback_url, traceparent)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING sequence""";
    private static final String FIND_KEY = """
            SELECT id, priority, id_bytes, ids, callback_url FROM ingestion WHERE idempotency_key = ?""";
    private static final String FIND_USED = "SELECT coalesce(max(used_until), 0) FROM quota WHERE owner = ?";
    private static final String USE = """
            INSERT INTO quota (owner, used_until) VALUES (?, ?)
            ON CONFLICT (owner) DO UPDATE SET used_until = excluded.used_until""";
    private static final String INSERT_DISPATCH = """
            INSERT INTO dispatch
              (run, started_at, started_ticks, accepted, ingestion, priority, batch, batches, attempt, owner, created_at, turn)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING slot""";
    private static final String INSERT_CONTROL = """
            INSERT INTO control (ordered_at, after_slot, accepted, kind, ingestion, priority, before)
            VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING control""";
    private static final String NEWEST_CONTROL = "SELECT coalesce(max(control), 0) FROM control";
    private static final String FINISH_INGESTION = "UPDATE ingestion SET finished_at = ? WHERE sequence = ?";
    private static final String NEWEST_INGESTION = "SELECT coalesce(max(sequence), 0) FROM ingestion";
    private static final String NEWEST_DISPATCH = "SELECT coalesce(max(slot), 0) FROM dispatch";
    private static final String UNDO_INGESTIONS = "DELETE FROM ingestion WHERE sequence > ?";
    private static final String UNDO_DISPATCHES = "DELETE FROM dispatch WHERE slot > ?";

    private final StoreFolder folder;
    private final Object identity;
    private final Map<String, PreparedStatement> prepared = new HashMap<>();
    private Connection connection;

    /** The greatest numbers that are certainly on disk, and those that the open transaction would add. */
    private long committedSequence;

    private long committedSlot;
    private long committedControl;
    private long writtenSequence;
    private long writtenSlot;
    private long writtenControl;

    StoreWriter(StoreFolder folder) throws SQLException {
        this.folder = folder;
        this.identity = folder.identity();
        this.connection = folder.connectToWrite();
        committedSequence = writtenSequence = number(NEWEST_INGESTION);
        committedSlot = writtenSlot = number(NEWEST_DISPATCH);
        committedControl = writtenControl = number(NEWEST_CONTROL);
    }

    /** Returns the ingestion's place in the order of acceptance. */
    long accept(Submission submission, long createdAtMicros) throws SQLException {
        PackedIds ids = PackedIds.of(submission.ids());
        writtenSequence = number(
                INSERT_INGESTION,
                bytes(submission.id()),
                submission.priority().name(),
                createdAtMicros,
                submission.batchSize(),
                ids.width(),
                ids.bytes(),
                submission.storedKey(),
                submission.origin().owner(),
                submission.origin().callbackUrl(),
                submission.origin().traceparent());
        return writtenSequence;
    }

    Optional<Earlier> findKey(String storedKey) throws SQLException {
        try (ResultSet found = query(FIND_KEY, storedKey)) {
            return found.next()
                    ? Optional.of(new Earlier(
                            uuid(found.getBytes(1)),
                            found.getString(2),
                            new PackedIds(found.getInt(3), found.getBytes(4)),
                            found.getString(5)))
                    : Optional.empty();
        }
    }

    /** Until when some of an owner's ids a minute are used up, in microseconds since 1970. */
    long usedUntil(String owner) throws SQLException {
        return number(FIND_USED, owner);
    }

    void use(String owner, long until) throws SQLException {
        update(USE, owner, until);
    }

    /** Returns the slot's number. */
    long dispatch(long run, Choice choice, Moment now, Fairness fairness) throws SQLException {
        Tracked ingestion = choice.ingestion();
        writtenSlot = number(
                INSERT_DISPATCH,
                run,
                now.micros(),
                now.ticks(),
                choice.newest(),
                ingestion.sequence(),
                ingestion.priority().name(),
                choice.index(),
                ingestion.batches(),
                choice.attempt(),
                fairness.isStrict() ? null : ingestion.owner(),
                fairness.isStrict() ? null : ingestion.createdAtMicros(),
                fairness.takesTurns() ? choice.rank() : null);
        return writtenSlot;
    }

    /**
     * Records an order.
     *
     * @param kind cancel, move, retry, pause or resume
     * @param ingestion sequence of the one that it is about; null if about none
     * @param to priority that it is moved to
     * @param from priority that it is moved from
     * @return the order's number
     */
    long order(String kind, @Nullable Long ingestion, @Nullable Priority to, @Nullable Priority from, Moment now)
            throws SQLException {
        writtenControl = number(
                INSERT_CONTROL,
                now.micros(),
                writtenSlot,
                writtenSequence,
                kind,
                ingestion,
                to == null ? null : to.name(),
                from == null ? null : from.name());
        return writtenControl;
    }

    void finish(long sequence, Moment now) throws SQLException {
        update(FINISH_INGESTION, now.micros(), sequence);
    }

    /** Throws also where the database is not the one any more that was opened: nobody would find what goes into it. */
    void begin() throws SQLException {
        if (!folder.identity().equals(identity)) {
            throw new SQLException("The database has been replaced; stop Batchgate before you do that");
        }
        bind("BEGIN IMMEDIATE").execute();
    }

    void commit() throws SQLException {
        bind("COMMIT").execute();
        committedSequence = writtenSequence;
        committedSlot = writtenSlot;
        committedControl = writtenControl;
    }

    /** Never throws: what a broken connection has not committed is rolled back with it. */
    void rollback() {
        writtenSequence = committedSequence;
        writtenSlot = committedSlot;
        writtenControl = committedControl;
        try {
            bind("ROLLBACK").execute();
        } catch (SQLException broken) {
            log.debug("Rolling back failed", broken);
        }
    }

    /**
     * Starts over with a new connection, and sees that it can write. A commit that failed may have reached the disk all
     * the same; whoever asked for it was told that it did not, so what it added is taken back. An order cannot be: throws
     * {@link Apart} then.
     */
    void reopen() throws SQLException {
        close();
        folder.requireRoom();
        connection = folder.connectToWrite();
        begin();
        if (number(NEWEST_CONTROL) != committedControl) {
            throw new Apart("an order that was refused is in the store all the same");
        }
        update(UNDO_INGESTIONS, committedSequence);
        update(UNDO_DISPATCHES, committedSlot);
        commit();
    }

    /** Memory and store have come apart; only a new process can put them together again. */
    static final class Apart extends IllegalStateException {
        private static final long serialVersionUID = 1;

        Apart(String how) {
            super(how);
        }
    }

    @Override
    public void close() {
        try {
            prepared.clear();
            connection.close();
        } catch (SQLException broken) {
            log.debug("Closing the store's connection failed", broken);
        }
    }

    int update(String sql, @Nullable Object... values) throws SQLException {
        return bind(sql, values).executeUpdate();
    }

    ResultSet query(String sql, @Nullable Object... values) throws SQLException {
        return bind(sql, values).executeQuery();
    }

    long number(String sql, @Nullable Object... values) throws SQLException {
        try (ResultSet row = query(sql, values)) {
            row.next();
            return row.getLong(1);
        }
    }

    private PreparedStatement bind(String sql, @Nullable Object... values) throws SQLException {
        PreparedStatement statement = prepared.get(sql);
        if (statement == null) {
            statement = connection.prepareStatement(sql);
            prepared.put(sql, statement);
        }
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
        return statement;
    }

    /** For reading what is written, by the thread that writes. */
    Connection connection() {
        return connection;
    }

    static byte[] bytes(UUID id) {
        return ByteBuffer.allocate(16)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
    }

    static UUID uuid(byte[] bytes) {
        ByteBuffer packed = ByteBuffer.wrap(bytes);
        return new UUID(packed.getLong(), packed.getLong());
    }
}
