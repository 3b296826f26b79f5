-- What became of every id, why a batch was dispatched again, and what was ordered meanwhile.

CREATE TABLE result (                        -- an id that has ended; written with the end of the dispatch that ended it
    ingestion    INTEGER NOT NULL,           -- its sequence
    position     INTEGER NOT NULL,           -- place among the ids of the ingestion, counted from 0
    status       TEXT    NOT NULL,           -- completed, failed, cancelled
    error        TEXT,                       -- of a failure
    http_status  INTEGER,                    -- of a failure that the upstream answered with one
    form         TEXT,                       -- of the data: JSON (one line), TEXT, BINARY (Base64)
    content_type TEXT,
    data         TEXT                        -- last, so that nobody has to read past it
);

CREATE UNIQUE INDEX result_by_position ON result (ingestion, position);

CREATE TABLE control (                       -- the orders given, one by one; each was in effect when its call returned
    control    INTEGER PRIMARY KEY,          -- counted from 1
    ordered_at INTEGER NOT NULL,
    after_slot INTEGER NOT NULL,             -- the last dispatch before it; 0 where there was none
    accepted   INTEGER NOT NULL,             -- sequence of the newest ingestion before it
    kind       TEXT    NOT NULL,             -- cancel, move, retry; pause, resume
    ingestion  INTEGER,                      -- sequence of the one it is about
    priority   TEXT,                         -- of a move: to which
    before     TEXT                          -- of a move: from which
);

CREATE INDEX control_by_ingestion ON control (ingestion) WHERE ingestion IS NOT NULL;

-- A dispatch brought every id that was still missing (completed), let the batch end with a failure (failed), left ids to
-- be asked for again (incomplete; unreachable where there was no connection to the upstream, which costs no attempt), or
-- nobody knows (unknown). It is null while it is in flight.
ALTER TABLE dispatch ADD COLUMN batch_status TEXT;    -- how the batch has ended, after this dispatch; null if it has not
ALTER TABLE dispatch ADD COLUMN batch_end_at INTEGER; -- when that was
ALTER TABLE dispatch ADD COLUMN retry_at     INTEGER; -- when the batch may be dispatched again at the earliest
ALTER TABLE dispatch ADD COLUMN retry_ticks  INTEGER; -- the same on the monotonic clock of its run
ALTER TABLE dispatch ADD COLUMN retried      INTEGER; -- the control that queued the batch again after it had failed
ALTER TABLE dispatch ADD COLUMN hold_until   INTEGER; -- until when the upstream closed the gate with its answer
ALTER TABLE dispatch ADD COLUMN hold_ticks   INTEGER; -- the same on the monotonic clock of its run
ALTER TABLE dispatch ADD COLUMN hold_micros  INTEGER; -- how much of that was left when it was written, or taken over
UPDATE dispatch SET batch_status = outcome, batch_end_at = ended_at WHERE outcome IN ('completed', 'failed');

DROP INDEX dispatch_noteworthy;
CREATE INDEX dispatch_by_batch ON dispatch (ingestion, batch, slot);
CREATE INDEX dispatch_hold ON dispatch (hold_until) WHERE hold_until IS NOT NULL;

-- Runs of the version before kept no results, and began with what a crash had hidden.
ALTER TABLE run ADD COLUMN keeps_results INTEGER NOT NULL DEFAULT 0;

-- An ingestion that has expired is gone for everybody; its rows are deleted bit by bit.
ALTER TABLE ingestion ADD COLUMN expired INTEGER NOT NULL DEFAULT 0;
CREATE INDEX ingestion_expired ON ingestion (sequence) WHERE expired = 1;
