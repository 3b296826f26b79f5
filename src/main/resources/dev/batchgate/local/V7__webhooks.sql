-- Who is to be told of an end, and how far that is: one row for each end of an ingestion with a callback_url, written by a
-- trigger, so that it is there if, and only if, the end is.
CREATE TABLE delivery (
    id              BLOB    PRIMARY KEY,      -- the 16 bytes of its UUID, the webhook-id
    ingestion       BLOB    NOT NULL,         -- id of it; what follows is as it was at that end, since it may be deleted before
    url             TEXT    NOT NULL,
    host            TEXT    NOT NULL,         -- of the URL, with its port
    priority        TEXT    NOT NULL,         -- that was in force
    accepted_at     INTEGER NOT NULL,
    created_at      INTEGER NOT NULL,         -- when the ingestion ended
    batches         INTEGER NOT NULL,         -- how many there are, and how each of them ended
    completed       INTEGER NOT NULL,
    failed          INTEGER NOT NULL,
    cancelled       INTEGER NOT NULL,
    state           TEXT    NOT NULL,         -- pending, delivered, gone, exhausted
    attempts        INTEGER NOT NULL,         -- begun, all in all
    counted         INTEGER NOT NULL,         -- those of them since somebody asked for it
    asked_at        INTEGER NOT NULL,         -- from when on the time counts after which it is given up: the first attempt
    next_attempt_at INTEGER,                  -- while it is pending
    lease_until     INTEGER,                  -- until when an attempt is taken to be under way
    last_status     INTEGER,                  -- of the last attempt: HTTP status, where there was an answer
    last_error      TEXT,                     -- and what went wrong
    ended_at        INTEGER                   -- when it was delivered, or given up
);

CREATE INDEX delivery_due ON delivery (host, next_attempt_at) WHERE state = 'pending';
CREATE INDEX delivery_by_ingestion ON delivery (ingestion, created_at);

-- Counted as in a list of ingestions: the batches are dispatched in their order; of those that were, all ended well that are not
-- lost. Whoever is gone is told nothing more.
CREATE TRIGGER ingestion_ends AFTER UPDATE OF finished_at ON ingestion
WHEN OLD.finished_at IS NULL AND NEW.finished_at IS NOT NULL AND NEW.callback_url IS NOT NULL BEGIN
    INSERT INTO delivery (
        id, ingestion, url, host, priority, accepted_at, created_at, batches, completed, failed, cancelled,
        state, attempts, counted, asked_at, next_attempt_at, ended_at)
    SELECT
        randomblob(16), NEW.id, NEW.callback_url, lower(substr(e.rest, 1, instr(replace(e.rest, '?', '/') || '/', '/') - 1)),
        e.priority, NEW.created_at, NEW.finished_at,
        e.batches, e.dispatched - e.failed - e.cancelled, e.failed, e.cancelled + e.batches - e.dispatched,
        iif(e.gone, 'gone', 'pending'), 0, 0, NEW.finished_at,
        iif(e.gone, NULL, NEW.finished_at), iif(e.gone, NEW.finished_at, NULL)
    FROM (SELECT
        substr(NEW.callback_url, instr(NEW.callback_url, '://') + 3) AS rest,
        coalesce((SELECT c.priority FROM control c WHERE c.ingestion = NEW.sequence AND c.kind = 'move'
                  ORDER BY c.control DESC LIMIT 1), NEW.priority) AS priority,
        (length(NEW.ids) / NEW.id_bytes - 1) / NEW.batch_size + 1 AS batches,
        (SELECT coalesce(max(d.batch) + 1, 0) FROM dispatch d WHERE d.ingestion = NEW.sequence) AS dispatched,
        (SELECT count(*) FROM dispatch d
         WHERE d.ingestion = NEW.sequence AND d.batch_status = 'failed'
           AND d.batch_status IN ('failed', 'cancelled') AND d.retried IS NULL) AS failed,
        (SELECT count(*) FROM dispatch d
         WHERE d.ingestion = NEW.sequence AND d.batch_status = 'cancelled'
           AND d.batch_status IN ('failed', 'cancelled') AND d.retried IS NULL) AS cancelled,
        EXISTS (SELECT 1 FROM delivery d WHERE d.ingestion = NEW.id AND d.state = 'gone') AS gone) AS e;
END;

-- A delivery goes with its ingestion; one that is still to be made, once it has been.
CREATE TRIGGER ingestion_goes AFTER DELETE ON ingestion WHEN OLD.callback_url IS NOT NULL BEGIN
    DELETE FROM delivery WHERE ingestion = OLD.id AND state <> 'pending';
END;

CREATE TRIGGER delivery_ends AFTER UPDATE OF state ON delivery
WHEN NEW.state <> 'pending' AND NOT EXISTS (SELECT 1 FROM ingestion WHERE id = NEW.ingestion) BEGIN
    DELETE FROM delivery WHERE id = NEW.id;
END;
