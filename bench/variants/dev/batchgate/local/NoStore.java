package dev.batchgate.local;

import dev.batchgate.ingestion.Fairness;
import dev.batchgate.ingestion.Priority;
import dev.batchgate.ingestion.Submission;
import java.sql.SQLException;

/** Counts, and writes nothing. */
final class NoStore extends StoreWriter {

    private long ingestions;
    private long slots;
    private long controls;

    NoStore(StoreFolder folder) throws SQLException {
        super(folder);
    }

    @Override
    long accept(Submission submission, long createdAtMicros) {
        return ++ingestions;
    }

    @Override
    long dispatch(long run, Choice choice, Moment now, Fairness fairness) {
        return ++slots;
    }

    @Override
    long order(String kind, Long ingestion, Priority to, Priority from, Moment now) {
        return ++controls;
    }

    @Override
    void use(String owner, long until) {}

    @Override
    void finish(long sequence, Moment now) {}

    @Override
    int update(String sql, Object... values) {
        return 0;
    }
}
