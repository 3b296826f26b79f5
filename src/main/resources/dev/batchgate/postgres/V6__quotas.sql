-- How much is waiting of what was handed in with each key, and how much of its ids a minute is used up.
-- As with line: what comes in is counted under the lock of the acceptance, what goes out, or waits again, under the gate's. So
-- neither waits for the other.

-- Replicas of the version before may be at work: whoever decides anything takes these first, so nobody waits in the other order.
DO $$ BEGIN PERFORM FROM gate FOR UPDATE; PERFORM FROM acceptance FOR UPDATE; END $$;

CREATE TABLE owner_arrival (                  -- one row for each key; changes while the acceptance is locked
    owner      text   PRIMARY KEY,            -- its name
    batches    bigint NOT NULL,               -- that came into the line
    used_until bigint NOT NULL                -- when all that is used up of a minute's ids will have come back
) WITH (fillfactor = 50);

CREATE TABLE owner_exit (                     -- one row for each key; changes while the gate is locked
    owner   text   PRIMARY KEY,
    batches bigint NOT NULL                   -- those of them that do not wait any more
) WITH (fillfactor = 50);

CREATE FUNCTION owner_waits_less(p_ingestion bigint, p_batches bigint) RETURNS void LANGUAGE plpgsql
SET jit TO off SET enable_seqscan TO off AS $$
DECLARE
    p_owner text;
BEGIN
    SELECT owner INTO p_owner FROM ingestion WHERE sequence = p_ingestion;
    IF p_owner IS NOT NULL AND p_batches <> 0 THEN
        INSERT INTO owner_exit AS e (owner, batches) VALUES (p_owner, p_batches)
        ON CONFLICT ON CONSTRAINT owner_exit_pkey DO UPDATE SET batches = e.batches + EXCLUDED.batches;
    END IF;
END $$;

-- By triggers, so that replicas of the version before count as well.
CREATE FUNCTION line_is_left() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM owner_waits_less(OLD.ingestion, OLD.batches - OLD.next);
    ELSE
        PERFORM owner_waits_less(NEW.ingestion, NEW.next - OLD.next);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER line_advances AFTER UPDATE OF next ON line FOR EACH ROW WHEN (OLD.next <> NEW.next)
EXECUTE FUNCTION line_is_left();
CREATE TRIGGER line_ends AFTER DELETE ON line FOR EACH ROW EXECUTE FUNCTION line_is_left();

CREATE FUNCTION batch_waits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM owner_waits_less(NEW.ingestion, -1);
    RETURN NULL;
END $$;

CREATE TRIGGER batch_comes_waiting AFTER INSERT ON batch FOR EACH ROW
WHEN (NEW.next_attempt_at IS NOT NULL) EXECUTE FUNCTION batch_waits();

-- Once a statement: thousands of batches may be asked for again at once, while the gate is locked.
CREATE FUNCTION batches_wait_or_not() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM owner_waits_less(w.ingestion, sum(w.gone)::bigint)
    FROM (SELECT ingestion, count(*) AS gone FROM before WHERE next_attempt_at IS NOT NULL GROUP BY ingestion
          UNION ALL
          SELECT ingestion, -count(*) FROM after WHERE next_attempt_at IS NOT NULL GROUP BY ingestion) w
    GROUP BY w.ingestion HAVING sum(w.gone) <> 0;
    RETURN NULL;
END $$;

CREATE TRIGGER batches_wait_or_not AFTER UPDATE ON batch REFERENCING OLD TABLE AS before NEW TABLE AS after
FOR EACH STATEMENT EXECUTE FUNCTION batches_wait_or_not();

-- Accepts those submissions that there is room for, in their order. No key may be there twice. For each of them: its
-- sequence; or what was accepted under its key before; or by how much it is too large for the backlog; or whether it is too late,
-- since more batches are before it than it may wait for; or which part of its owner's quota has no room for it ('ids', 'backlog').
-- And what is used up of that afterwards: microseconds of a minute, and batches that wait. p_costs are what its ids use up of the
-- minute, p_shares how many batches of its owner's may wait; null where it does not matter.
--
-- Takes the place of the function of the same name that knows of no owners, which replicas of the version before go on using.
CREATE FUNCTION accept(
    p_ids uuid[], p_priorities text[], p_batch_sizes integer[], p_batches integer[], p_id_bytes integer[], p_packed bytea[],
    p_keys text[], p_owners text[], p_callback_urls text[], p_traceparents text[], p_costs bigint[], p_shares bigint[],
    p_most_before bigint[], p_max_backlog bigint)
RETURNS TABLE (place bigint, sequence bigint, excess bigint, late boolean,
               earlier_id uuid, earlier_priority text, earlier_id_bytes integer, earlier_ids bytea, earlier_callback_url text,
               exceeded text, used bigint, shared bigint)
LANGUAGE plpgsql SET jit TO off SET enable_seqscan TO off SET enable_hashjoin TO off SET enable_mergejoin TO off AS $$
#variable_conflict use_column
DECLARE
    newest acceptance%ROWTYPE;
    room bigint;
    before bigint[];
    wanted record;
    sequences bigint[] := array_fill(NULL::bigint, ARRAY[cardinality(p_ids)]);
    created bigint;
    now bigint;
    minute CONSTANT bigint := 60000000;
    owners text[];
    useds bigint[];
    shareds bigint[];
    added bigint[];
    own integer;
BEGIN
    SELECT * INTO newest FROM acceptance FOR UPDATE;
    room := p_max_backlog - waiting();
    IF EXISTS (SELECT FROM unnest(p_most_before) AS most WHERE most IS NOT NULL) THEN
        before := ARRAY(
            SELECT newest.batches[r] - g.gone[r]
                + (SELECT count(*) FROM batch WHERE due AND rank = r - 1)
                + (SELECT count(*) FROM batch WHERE next_attempt_at IS NOT NULL AND NOT due AND next_attempt_at <= now_micros()
                                                AND rank = r - 1)
            FROM gate g, generate_series(1, 3) AS r ORDER BY r);
    END IF;
    -- A clock that is set back must not reorder what was accepted: time stands still until it has caught up.
    now := now_micros();
    created := greatest(newest.created_at, now);
    SELECT array_agg(o.owner),
           array_agg(greatest(0, least(minute, coalesce(a.used_until, 0) - now))),
           array_agg(coalesce(a.batches, 0) - coalesce(e.batches, 0)),
           array_agg(0)
    INTO owners, useds, shareds, added
    FROM (SELECT DISTINCT owner FROM unnest(p_owners) AS owner WHERE owner IS NOT NULL) o
    LEFT JOIN owner_arrival a ON a.owner = o.owner
    LEFT JOIN owner_exit e ON e.owner = o.owner;
    FOR wanted IN
        SELECT s.place, s.batches, rank_of(s.priority) AS rank, s.most_before, s.owner, s.cost, s.share,
               i.id, i.priority, i.id_bytes, i.ids, i.callback_url
        FROM unnest(p_batches, p_keys, p_priorities, p_most_before, p_owners, p_costs, p_shares)
             WITH ORDINALITY AS s (batches, key, priority, most_before, owner, cost, share, place)
        LEFT JOIN ingestion i ON i.idempotency_key = s.key
        ORDER BY s.place
    LOOP
        place := wanted.place;
        sequence := NULL;
        excess := NULL;
        earlier_id := wanted.id;
        earlier_priority := wanted.priority;
        earlier_id_bytes := wanted.id_bytes;
        earlier_ids := wanted.ids;
        earlier_callback_url := wanted.callback_url;
        late := false;
        exceeded := NULL;
        own := array_position(owners, wanted.owner);
        IF earlier_id IS NULL THEN
            IF (SELECT sum(n) FROM unnest(before[1:wanted.rank + 1]) AS n) > wanted.most_before THEN
                late := true;
            ELSIF shareds[own] + wanted.batches > wanted.share THEN
                exceeded := 'backlog';
            ELSIF useds[own] + wanted.cost > minute THEN
                exceeded := 'ids';
            ELSIF wanted.batches > room THEN
                excess := wanted.batches - room;
            ELSE
                room := room - wanted.batches;
                newest.sequence := newest.sequence + 1;
                sequence := newest.sequence;
                sequences[place] := sequence;
                before[wanted.rank + 1] := before[wanted.rank + 1] + wanted.batches;
                IF own IS NOT NULL THEN
                    useds[own] := useds[own] + coalesce(wanted.cost, 0);
                    shareds[own] := shareds[own] + wanted.batches;
                    added[own] := added[own] + wanted.batches;
                END IF;
            END IF;
        END IF;
        used := useds[own];
        shared := shareds[own];
        RETURN NEXT;
    END LOOP;

    INSERT INTO ingestion (sequence, id, priority, created_at, batch_size, id_bytes, ids, idempotency_key, rank, owner, callback_url, traceparent)
    SELECT s.sequence, s.id, s.priority, created, s.batch_size, s.id_bytes, s.ids, s.key, rank_of(s.priority), s.owner, s.callback_url, s.traceparent
    FROM unnest(sequences, p_ids, p_priorities, p_batch_sizes, p_id_bytes, p_packed, p_keys, p_owners, p_callback_urls, p_traceparents)
         AS s (sequence, id, priority, batch_size, id_bytes, ids, key, owner, callback_url, traceparent)
    WHERE s.sequence IS NOT NULL;

    WITH entered AS (
        INSERT INTO line (rank, ingestion, next, batches)
        SELECT rank_of(s.priority), s.sequence, 0, s.batches
        FROM unnest(sequences, p_priorities, p_batches) AS s (sequence, priority, batches)
        WHERE s.sequence IS NOT NULL
        RETURNING rank, batches)
    UPDATE acceptance SET
        sequence = newest.sequence,
        created_at = created,
        batches = ARRAY[
            newest.batches[1] + coalesce((SELECT sum(e.batches) FROM entered e WHERE e.rank = 0), 0),
            newest.batches[2] + coalesce((SELECT sum(e.batches) FROM entered e WHERE e.rank = 1), 0),
            newest.batches[3] + coalesce((SELECT sum(e.batches) FROM entered e WHERE e.rank = 2), 0)];
    INSERT INTO arrival AS a (rank, block, batches)
    SELECT rank_of(s.priority), s.sequence / 1024, sum(s.batches)
    FROM unnest(sequences, p_priorities, p_batches) AS s (sequence, priority, batches)
    WHERE s.sequence IS NOT NULL
    GROUP BY 1, 2
    ON CONFLICT ON CONSTRAINT arrival_pkey DO UPDATE SET batches = a.batches + EXCLUDED.batches;
    INSERT INTO owner_arrival AS a (owner, batches, used_until)
    SELECT o.owner, o.added, now + o.used FROM unnest(owners, added, useds) AS o (owner, added, used)
    WHERE o.added > 0
    ON CONFLICT ON CONSTRAINT owner_arrival_pkey DO UPDATE SET
        batches = a.batches + EXCLUDED.batches, used_until = EXCLUDED.used_until;
    PERFORM pg_notify(current_schema() || '_work', '');
END $$;
