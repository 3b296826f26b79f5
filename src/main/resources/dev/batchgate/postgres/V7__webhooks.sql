-- Who is to be told of an end, and how far that is: one row for each end of an ingestion with a callback_url, written by a
-- trigger, so that it is there if, and only if, the end is; whichever version the replica is of that ends it.
CREATE TABLE delivery (
    id              uuid    PRIMARY KEY,      -- the webhook-id
    ingestion       uuid    NOT NULL,         -- id of it; what follows is as it was at that end, since it may be deleted before
    url             text    NOT NULL,
    host            text    NOT NULL,         -- of the URL, with its port
    priority        text    NOT NULL,         -- that was in force
    accepted_at     bigint  NOT NULL,
    created_at      bigint  NOT NULL,         -- when the ingestion ended
    batches         integer NOT NULL,         -- how many there are, and how each of them ended
    completed       integer NOT NULL,
    failed          integer NOT NULL,
    cancelled       integer NOT NULL,
    state           text    NOT NULL,         -- pending, delivered, gone, exhausted
    attempts        integer NOT NULL,         -- begun, all in all
    counted         integer NOT NULL,         -- those of them since somebody asked for it
    asked_at        bigint  NOT NULL,         -- from when on the time counts after which it is given up: the first attempt
    next_attempt_at bigint,                   -- while it is pending
    lease_until     bigint,                   -- until when an attempt is taken to be under way
    last_status     integer,                  -- of the last attempt: HTTP status, where there was an answer
    last_error      text,                     -- and what went wrong
    ended_at        bigint                    -- when it was delivered, or given up
) WITH (fillfactor = 80);

CREATE INDEX delivery_due ON delivery (host, next_attempt_at) WHERE state = 'pending';
CREATE INDEX delivery_by_ingestion ON delivery (ingestion, created_at);

-- Counted as in a list of ingestions: the batches are dispatched in their order; of those that were, all ended well that are not
-- lost. Whoever is gone is told nothing more.
CREATE FUNCTION tell_end() RETURNS trigger LANGUAGE plpgsql
SET jit TO off SET enable_seqscan TO off AS $$
DECLARE
    is_gone boolean := EXISTS (SELECT FROM delivery d WHERE d.ingestion = NEW.id AND d.state = 'gone');
    all_batches integer := (octet_length(NEW.ids) / NEW.id_bytes - 1) / NEW.batch_size + 1;
    dispatched integer;
    lost record;
BEGIN
    SELECT coalesce(max(b.batch) + 1, 0) INTO dispatched FROM batch b WHERE b.ingestion = NEW.sequence;
    SELECT count(*) FILTER (WHERE b.status = 'failed') AS failed, count(*) FILTER (WHERE b.status = 'cancelled') AS cancelled
    INTO lost FROM batch b WHERE b.ingestion = NEW.sequence AND b.status IN ('failed', 'cancelled');
    INSERT INTO delivery (
        id, ingestion, url, host, priority, accepted_at, created_at, batches, completed, failed, cancelled,
        state, attempts, counted, asked_at, next_attempt_at, ended_at)
    VALUES (
        gen_random_uuid(), NEW.id, NEW.callback_url, lower(substring(NEW.callback_url FROM '://([^/?]*)')),
        priority_of(NEW.rank), NEW.created_at, NEW.finished_at,
        all_batches, dispatched - lost.failed - lost.cancelled, lost.failed, lost.cancelled + all_batches - dispatched,
        CASE WHEN is_gone THEN 'gone' ELSE 'pending' END, 0, 0, NEW.finished_at,
        CASE WHEN NOT is_gone THEN NEW.finished_at END, CASE WHEN is_gone THEN NEW.finished_at END);
    RETURN NULL;
END $$;

CREATE TRIGGER ingestion_ends AFTER UPDATE OF finished_at ON ingestion
FOR EACH ROW WHEN (OLD.finished_at IS NULL AND NEW.finished_at IS NOT NULL AND NEW.callback_url IS NOT NULL)
EXECUTE FUNCTION tell_end();

-- A delivery goes with its ingestion; one that is still to be made, once it has been.
CREATE FUNCTION forget_deliveries() RETURNS trigger LANGUAGE plpgsql
SET jit TO off SET enable_seqscan TO off AS $$
BEGIN
    DELETE FROM delivery WHERE ingestion = OLD.id AND state <> 'pending';
    RETURN NULL;
END $$;

CREATE TRIGGER ingestion_goes AFTER DELETE ON ingestion
FOR EACH ROW WHEN (OLD.callback_url IS NOT NULL) EXECUTE FUNCTION forget_deliveries();

CREATE FUNCTION forget_delivery() RETURNS trigger LANGUAGE plpgsql
SET jit TO off SET enable_seqscan TO off AS $$
BEGIN
    -- Whoever deletes the ingestion at this moment is waited for, or waits: one of the two sees what the other has done.
    PERFORM FROM ingestion WHERE id = NEW.ingestion FOR KEY SHARE;
    IF NOT FOUND THEN
        DELETE FROM delivery WHERE id = NEW.id;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER delivery_ends AFTER UPDATE OF state ON delivery
FOR EACH ROW WHEN (NEW.state <> 'pending') EXECUTE FUNCTION forget_delivery();
