package dev.batchgate.postgres;

import dev.batchgate.ingestion.Changes;
import dev.batchgate.ingestion.DatabaseUrl;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens to what other replicas did, over a connection of its own, and makes a new one when it is lost. Nothing depends on
 * it but how soon an idle replica wakes: it looks by itself every other second.
 *
 * <p>One thread listens.
 */
final class Notifications implements AutoCloseable {

    private static final String WORK = "_work";
    private static final String GATE = "_gate";
    private static final String CHANGE = "_change";

    private static final Logger log = LoggerFactory.getLogger(Notifications.class);
    private static final long PAUSE_MILLIS = 1_000;

    /** So that a connection is missed that has silently gone, the thread stops listening now and then. */
    private static final int LISTEN_MILLIS = 60_000;

    private final Database database;
    private final String schema;
    private final Alarm alarm;
    private final Changes changes;
    private final Thread listener = new Thread(this::run, "notifications");
    private volatile boolean closed;
    private volatile @Nullable Connection connection;

    Notifications(Database database, DatabaseUrl url, Alarm alarm, Changes changes) {
        this.database = database;
        this.schema = url.schema();
        this.alarm = alarm;
        this.changes = changes;
    }

    Notifications start() {
        listener.setDaemon(true);
        listener.start();
        return this;
    }

    private void run() {
        while (!closed) {
            try (Connection opened = database.connect()) {
                connection = opened;
                listen(opened);
            } catch (SQLException | RuntimeException | Error lost) {
                log.debug("Not listening to the database at the moment", lost);
            }
            pause();
        }
    }

    private void listen(Connection opened) throws SQLException {
        try (Statement listen = opened.createStatement()) {
            for (String channel : List.of(WORK, GATE, CHANGE)) {
                listen.execute("LISTEN \"%s%s\"".formatted(schema, channel));
            }
        }
        // Whatever was said while nobody listened.
        alarm.ring(Alarm.News.WORK);
        alarm.ring(Alarm.News.GATE);
        changes.missedSome();
        PGConnection notifying = opened.unwrap(PGConnection.class);
        while (!closed) {
            PGNotification[] heard = notifying.getNotifications(LISTEN_MILLIS);
            if (heard.length == 0 && !opened.isValid(1)) {
                return;
            }
            for (PGNotification one : heard) {
                tell(one);
            }
        }
    }

    private void tell(PGNotification heard) {
        if (heard.getName().endsWith(CHANGE)) {
            changes.changed(UUID.fromString(heard.getParameter()));
        } else {
            alarm.ring(heard.getName().endsWith(WORK) ? Alarm.News.WORK : Alarm.News.GATE);
            changes.queueChanged();
        }
    }

    private void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(closed ? 0 : PAUSE_MILLIS);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed = true;
        Connection open = connection;
        try {
            if (open != null) {
                open.abort(Runnable::run);
            }
        } catch (SQLException broken) {
            log.debug("Closing the listener's connection failed", broken);
        }
        listener.interrupt();
    }
}
