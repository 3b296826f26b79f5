package dev.batchgate.local;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.sqlite.core.DB;
import org.sqlite.jdbc4.JDBC4Connection;
import org.sqlite.jdbc4.JDBC4PreparedStatement;

/**
 * A connection that keeps what it has prepared, since SQLite takes longer to prepare a question about one ingestion than to answer
 * it. Whoever closes a statement hands it back; a second one of the same text, while the first is in use, is its own. Not safe for
 * use by several threads at once.
 */
final class ReadingConnection extends JDBC4Connection {

    /** By their text, of which there are as many as there are questions. */
    private final Map<String, Kept> idle = new HashMap<>();

    ReadingConnection(String url, String file, Properties settings) throws SQLException {
        super(url, file, settings);
    }

    @Override
    public PreparedStatement prepareStatement(String sql, int type, int concurrency, int holdability)
            throws SQLException {
        checkOpen();
        checkCursor(type, concurrency, holdability);
        Kept kept = idle.remove(sql);
        return kept == null ? new Kept(sql) : kept;
    }

    /** Not to be used once it has been closed, as any; somebody else may have it by then. */
    private final class Kept extends JDBC4PreparedStatement {

        Kept(String sql) throws SQLException {
            super(ReadingConnection.this, sql);
        }

        @Override
        public void close() throws SQLException {
            if (pointer.isClosed()) {
                // The driver gives up what has failed.
                return;
            }
            // Else what it has seen of the store would be kept from being moved out of the write-ahead log.
            rs.close();
            pointer.safeRunConsume(DB::reset);
            clearParameters();
            Kept other = idle.putIfAbsent(sql, this);
            if (other != null && other != this) {
                super.close();
            }
        }
    }
}
