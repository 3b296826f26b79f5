-- What Batchgate keeps in ./data: every accepted ingestion, and the ledger of every dispatch.
-- Times "_at" are the wall clock's, in microseconds since 1970 (UTC). "_ticks" are nanoseconds of the machine's monotonic
-- clock, which nobody can set: comparable among rows whose runs have the same "boot".

CREATE TABLE run (                            -- one row each time the service started
    run            INTEGER PRIMARY KEY,
    started_at     INTEGER NOT NULL,
    started_ticks  INTEGER NOT NULL,          -- when it had the store for itself: every earlier run was over
    boot           TEXT    NOT NULL,          -- of the machine; empty where it cannot be known
    interval_nanos INTEGER NOT NULL,
    max_in_flight  INTEGER NOT NULL
);

CREATE TABLE ingestion (
    sequence        INTEGER PRIMARY KEY,      -- the order of acceptance
    id              BLOB    NOT NULL UNIQUE,  -- the 16 bytes of its UUID
    priority        TEXT    NOT NULL,
    created_at      INTEGER NOT NULL,
    batch_size      INTEGER NOT NULL,
    id_bytes        INTEGER NOT NULL,         -- 4 or 8
    ids             BLOB    NOT NULL,         -- big-endian, in the client's order
    idempotency_key TEXT,
    finished_at     INTEGER                   -- null until its last batch has ended
);

CREATE UNIQUE INDEX ingestion_by_key ON ingestion (idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE INDEX ingestion_open ON ingestion (sequence) WHERE finished_at IS NULL;
CREATE INDEX ingestion_by_end ON ingestion (finished_at) WHERE finished_at IS NOT NULL;

CREATE TABLE dispatch (                       -- the ledger: a row is on disk before its call goes out
    slot             INTEGER PRIMARY KEY,     -- counted from 1 without holes
    run              INTEGER NOT NULL,
    started_at       INTEGER NOT NULL,
    started_ticks    INTEGER NOT NULL,
    accepted         INTEGER NOT NULL,        -- sequence of the newest ingestion that was in the queue when it was decided
    ingestion        INTEGER NOT NULL,        -- its sequence
    priority         TEXT    NOT NULL,
    batch            INTEGER NOT NULL,        -- counted from 0
    batches          INTEGER NOT NULL,        -- how many the ingestion has
    attempt          INTEGER NOT NULL,        -- counted from 1
    outcome          TEXT,                    -- null in flight; completed, failed; unknown: the process ended before it did
    reason           TEXT,                    -- of a failure
    departed_ticks   INTEGER,                 -- when the last request of the batch had been handed to the network
    ended_at         INTEGER,
    ended_ticks      INTEGER
);

CREATE INDEX dispatch_noteworthy ON dispatch (ingestion, batch) WHERE outcome <> 'completed';
