package dev.batchgate.transfer;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyManager;
import org.postgresql.core.BaseConnection;

/**
 * Rows on their way into one table, in the binary format of PostgreSQL's COPY. The connection can do nothing else until
 * they are closed. Not safe for use by several threads.
 */
final class Rows implements AutoCloseable {

    private static final byte[] SIGNATURE = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0};
    private static final int BUFFER_BYTES = 1 << 16;
    private static final int NULL = -1;
    private static final int INTEGER_TYPE = 23;

    private final CopyIn copy;
    private final int columns;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    private long count;

    Rows(Connection target, String table, List<String> columns) throws SQLException {
        String quoted = columns.stream().map(column -> '"' + column + '"').collect(Collectors.joining(", "));
        this.copy = new CopyManager(target.unwrap(BaseConnection.class))
                .copyIn("COPY %s (%s) FROM STDIN (FORMAT binary)".formatted(table, quoted));
        this.columns = columns.size();
        // Neither flags nor an extension of the header.
        buffer.put(SIGNATURE).putInt(0).putInt(0);
    }

    /** The values of the next row follow, one for each column. */
    void begin() throws SQLException {
        room(Short.BYTES).putShort((short) columns);
        count++;
    }

    void putNull() throws SQLException {
        room(Integer.BYTES).putInt(NULL);
    }

    void putLong(@Nullable Long value) throws SQLException {
        if (value == null) {
            putNull();
        } else {
            room(Integer.BYTES + Long.BYTES).putInt(Long.BYTES).putLong(value);
        }
    }

    void putInt(int value) throws SQLException {
        room(2 * Integer.BYTES).putInt(Integer.BYTES).putInt(value);
    }

    void putShort(int value) throws SQLException {
        room(Integer.BYTES + Short.BYTES).putInt(Short.BYTES).putShort((short) value);
    }

    void putBoolean(boolean value) throws SQLException {
        room(Integer.BYTES + 1).putInt(1).put((byte) (value ? 1 : 0));
    }

    void putInts(@Nullable List<Integer> values) throws SQLException {
        if (values == null) {
            putNull();
            return;
        }
        ByteBuffer array = ByteBuffer.allocate((5 + 2 * values.size()) * Integer.BYTES);
        // One dimension, no nulls in it, counted from 1.
        array.putInt(1).putInt(0).putInt(INTEGER_TYPE).putInt(values.size()).putInt(1);
        values.forEach(value -> array.putInt(Integer.BYTES).putInt(value));
        putBytes(array.array());
    }

    /** As {@link #text} has it. */
    void putText(@Nullable String value) throws SQLException {
        putBytes(value == null ? null : text(value).getBytes(StandardCharsets.UTF_8));
    }

    /** As a text column can hold it: without U+0000, in whose place is U+FFFD. */
    static String text(String value) {
        return value.replace('\0', '\uFFFD');
    }

    void putBytes(byte @Nullable [] value) throws SQLException {
        if (value == null) {
            putNull();
            return;
        }
        room(Integer.BYTES).putInt(value.length);
        if (value.length > BUFFER_BYTES) {
            send();
            copy.writeToCopy(value, 0, value.length);
        } else {
            room(value.length).put(value);
        }
    }

    private ByteBuffer room(int bytes) throws SQLException {
        if (buffer.remaining() < bytes) {
            send();
        }
        return buffer;
    }

    private void send() throws SQLException {
        copy.writeToCopy(buffer.array(), 0, buffer.position());
        buffer.clear();
    }

    /** Puts them into the table; returns how many there were. */
    long end() throws SQLException {
        room(Short.BYTES).putShort((short) NULL);
        send();
        copy.endCopy();
        return count;
    }

    /** What has not been put in by {@link #end} never will be. */
    @Override
    public void close() throws SQLException {
        if (copy.isActive()) {
            copy.cancelCopy();
        }
    }
}
