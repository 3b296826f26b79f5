package dev.batchgate.postgres;

import dev.batchgate.ingestion.BacklogFull;
import dev.batchgate.ingestion.BatchgateProperties;
import dev.batchgate.ingestion.Ingestion;
import dev.batchgate.ingestion.NothingFailed;
import dev.batchgate.ingestion.Orders;
import dev.batchgate.ingestion.Priority;
import dev.batchgate.ingestion.QueueState;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.Optional;
import java.util.UUID;

/** Orders about the queue that replicas share, each one statement that locks the gate. Any thread may enter. */
final class PostgresOrders implements Orders {

    private static final String CANCEL = "SELECT cancel(?)";
    private static final String MOVE = "SELECT move(?, ?)";
    private static final String RETRY = "SELECT answer, excess FROM retry(?, ?)";
    private static final String PAUSE = "SELECT pause(?)";

    private final Database database;
    private final StoredIngestions ingestions;
    private final QueueView view;
    private final BatchgateProperties properties;

    PostgresOrders(Database database, StoredIngestions ingestions, QueueView view, BatchgateProperties properties) {
        this.database = database;
        this.ingestions = ingestions;
        this.view = view;
        this.properties = properties;
    }

    @Override
    public Optional<Ingestion> cancel(UUID ingestionId) {
        database.call(connection -> {
            try (PreparedStatement cancel = connection.prepareStatement(CANCEL)) {
                cancel.setObject(1, ingestionId);
                return cancel.execute();
            }
        });
        return ingestions.find(ingestionId);
    }

    @Override
    public Optional<Ingestion> move(UUID ingestionId, Priority priority) {
        database.call(connection -> {
            try (PreparedStatement move = connection.prepareStatement(MOVE)) {
                move.setObject(1, ingestionId);
                move.setString(2, priority.name());
                return move.execute();
            }
        });
        return ingestions.find(ingestionId);
    }

    @Override
    public Optional<Ingestion> retry(UUID ingestionId) {
        long excess = database.call(connection -> {
            try (PreparedStatement retry = connection.prepareStatement(RETRY)) {
                retry.setObject(1, ingestionId);
                retry.setLong(2, properties.limits().maxBacklog());
                try (ResultSet row = retry.executeQuery()) {
                    row.next();
                    if (row.getString("answer").equals("none failed")) {
                        throw new NothingFailed(ingestionId);
                    }
                    return row.getString("answer").equals("full") ? row.getLong("excess") : 0;
                }
            }
        });
        if (excess > 0) {
            throw BacklogFull.by(excess, properties.limits().maxBacklog(), view.untilSlot(), properties.interval());
        }
        return ingestions.find(ingestionId);
    }

    @Override
    public QueueState pause() {
        return pause(true);
    }

    @Override
    public QueueState resume() {
        return pause(false);
    }

    private QueueState pause(boolean paused) {
        database.call(connection -> {
            try (PreparedStatement pause = connection.prepareStatement(PAUSE)) {
                pause.setBoolean(1, paused);
                return pause.execute();
            }
        });
        return view.state();
    }
}
