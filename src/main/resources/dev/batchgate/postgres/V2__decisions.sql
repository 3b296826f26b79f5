-- What is decided under a lock, each in one call, so that no lock waits for a replica: one that is stopped in the middle
-- holds up nobody. Every function that changes who is next locks the gate first; accept locks the acceptance, and no other
-- row of the two. Each statement inside sees all that was committed before it began.
--
-- Replicas of two versions work side by side: a function that has been released is never changed. What replaces it has a
-- name of its own, and goes away together with the last version that calls it.
--
-- Plans are kept for as long as a connection lives, and must not be those for tables that were empty when it began: hence
-- "enable_seqscan" and its like; and "jit", which would take what looks expensive then for worth compiling.

CREATE FUNCTION now_micros() RETURNS bigint LANGUAGE sql VOLATILE AS
$$ SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint $$;

CREATE FUNCTION priority_of(p_rank integer) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT (ARRAY['HIGH', 'MEDIUM', 'LOW'])[p_rank + 1] $$;

CREATE FUNCTION rank_of(p_priority text) RETURNS smallint LANGUAGE sql IMMUTABLE AS
$$ SELECT (array_position(ARRAY['HIGH', 'MEDIUM', 'LOW'], p_priority) - 1)::smallint $$;

CREATE FUNCTION total(p_counts bigint[]) RETURNS bigint LANGUAGE sql IMMUTABLE AS
$$ SELECT p_counts[1] + p_counts[2] + p_counts[3] $$;

-- Batches that wait, for their first dispatch or another.
CREATE FUNCTION waiting() RETURNS bigint LANGUAGE sql STABLE AS
$$ SELECT total(a.batches) - total(g.gone) + total(g.retrying) FROM acceptance a, gate g $$;

-- Accepts those submissions that there is room for, in their order. No key may be there twice. For each of them: its
-- sequence; or what was accepted under its key before; or by how much it is too large for the backlog; or whether it is too late,
-- since more batches are before it than it may wait for.
CREATE FUNCTION accept(
    p_ids uuid[], p_priorities text[], p_batch_sizes integer[], p_batches integer[], p_id_bytes integer[], p_packed bytea[],
    p_keys text[], p_most_before bigint[], p_max_backlog bigint)
RETURNS TABLE (place bigint, sequence bigint, excess bigint, late boolean,
               earlier_id uuid, earlier_priority text, earlier_id_bytes integer, earlier_ids bytea)
LANGUAGE plpgsql SET jit TO off SET enable_seqscan TO off SET enable_hashjoin TO off SET enable_mergejoin TO off AS $$
#variable_conflict use_column
DECLARE
    newest acceptance%ROWTYPE;
    room bigint;
    before bigint[];
    wanted record;
    sequences bigint[] := array_fill(NULL::bigint, ARRAY[cardinality(p_ids)]);
    created bigint;
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
    created := greatest(newest.created_at, now_micros());
    FOR wanted IN
        SELECT s.place, s.batches, rank_of(s.priority) AS rank, s.most_before, i.id, i.priority, i.id_bytes, i.ids
        FROM unnest(p_batches, p_keys, p_priorities, p_most_before) WITH ORDINALITY AS s (batches, key, priority, most_before, place)
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
        late := false;
        IF earlier_id IS NULL THEN
            IF (SELECT sum(n) FROM unnest(before[1:wanted.rank + 1]) AS n) > wanted.most_before THEN
                late := true;
            ELSIF wanted.batches > room THEN
                excess := wanted.batches - room;
            ELSE
                room := room - wanted.batches;
                newest.sequence := newest.sequence + 1;
                sequence := newest.sequence;
                sequences[place] := sequence;
                before[wanted.rank + 1] := before[wanted.rank + 1] + wanted.batches;
            END IF;
        END IF;
        RETURN NEXT;
    END LOOP;

    INSERT INTO ingestion (sequence, id, priority, created_at, batch_size, id_bytes, ids, idempotency_key, rank)
    SELECT s.sequence, s.id, s.priority, created, s.batch_size, s.id_bytes, s.ids, s.key, rank_of(s.priority)
    FROM unnest(sequences, p_ids, p_priorities, p_batch_sizes, p_id_bytes, p_packed, p_keys)
         AS s (sequence, id, priority, batch_size, id_bytes, ids, key)
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
    PERFORM pg_notify(current_schema() || '_work', '');
END $$;

-- So many batches of an ingestion are not in the line any more; or, below 0, are again. The gate is locked.
CREATE FUNCTION gone(p_rank integer, p_ingestion bigint, p_batches integer) RETURNS void LANGUAGE sql AS $$
    INSERT INTO exit AS e (rank, block, batches) VALUES (p_rank, p_ingestion / 1024, p_batches)
    ON CONFLICT ON CONSTRAINT exit_pkey DO UPDATE SET batches = e.batches + EXCLUDED.batches
$$;

-- Until when a dispatch is in flight though nobody says so. While the server was down, no lease could be renewed; and none is
-- longer than ten minutes, unless the clock has been set back.
CREATE FUNCTION lease_over(p_lease_until bigint, p_lease bigint, p_now bigint) RETURNS boolean LANGUAGE sql STABLE AS
$$ SELECT p_lease_until > p_now + 600000000 OR p_lease_until <= p_now
          AND (extract(epoch FROM pg_postmaster_start_time()) * 1000000)::bigint + p_lease <= p_now $$;

-- What a slot is waited for at the moment: 'paused', 'closed' (the gate, for so many microseconds), 'full' (until one ends, or
-- a lease), 'idle' (for work; or for a retry), 'lost' (nothing: a lease is over) or 'open' (nothing).
CREATE FUNCTION look(
    p_run bigint, p_asked bigint, p_interval bigint, p_max_in_flight integer, p_lease bigint, p_flying bigint[],
    OUT answer text, OUT wait bigint)
LANGUAGE plpgsql STABLE SET jit TO off SET enable_seqscan TO off SET enable_bitmapscan TO off SET enable_sort TO off AS $$
DECLARE
    g gate%ROWTYPE;
    now bigint := now_micros();
    in_flight integer;
    opens_at bigint;
BEGIN
    SELECT * INTO g FROM gate;
    in_flight := cardinality(g.flying);
    IF g.left_at > now + 600000000 OR (in_flight > 0 AND EXISTS (
        SELECT FROM dispatch d WHERE d.slot = ANY (g.flying) AND NOT d.slot = ANY (p_flying)
            AND ((d.run = p_run AND d.asked < p_asked) OR lease_over(d.lease_until, p_lease, now))))
    THEN
        answer := 'lost';
        RETURN;
    END IF;
    opens_at := greatest(g.left_at + p_interval, g.closed_until);
    IF g.paused THEN
        answer := 'paused';
    ELSIF opens_at > now THEN
        answer := 'closed';
        wait := opens_at - now;
    ELSIF in_flight >= p_max_in_flight THEN
        answer := 'full';
        SELECT greatest(100000, min(d.lease_until) - now) INTO wait FROM dispatch d WHERE d.slot = ANY (g.flying);
    ELSIF EXISTS (SELECT FROM line ORDER BY rank, ingestion LIMIT 1)
        OR EXISTS (SELECT FROM batch WHERE due ORDER BY rank, ingestion, batch LIMIT 1)
    THEN
        answer := 'open';
    ELSE
        SELECT greatest(0, b.next_attempt_at - now) INTO wait
        FROM batch b WHERE b.next_attempt_at IS NOT NULL AND NOT b.due ORDER BY b.next_attempt_at LIMIT 1;
        answer := CASE WHEN wait = 0 THEN 'open' ELSE 'idle' END;
    END IF;
END $$;

-- Ends an ingestion of which no batch is left, neither in line nor on its way.
CREATE FUNCTION end_ingestion(p_ingestion bigint, p_now bigint) RETURNS void LANGUAGE sql AS $$
    UPDATE ingestion i SET finished_at = p_now
    WHERE i.sequence = p_ingestion AND i.finished_at IS NULL
      AND NOT EXISTS (SELECT FROM line l WHERE l.rank = i.rank AND l.ingestion = i.sequence)
      AND NOT EXISTS (SELECT FROM batch b WHERE b.ingestion = i.sequence AND b.finished_at IS NULL)
$$;

-- How many ids a batch has.
CREATE FUNCTION batch_ids(p_ingestion ingestion, p_batch integer) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
    SELECT least(p_ingestion.batch_size,
                 octet_length(p_ingestion.ids) / p_ingestion.id_bytes - p_batch * p_ingestion.batch_size)
$$;

-- How a batch ends of which what is missing is cancelled, if those ids that failed did so for that reason.
CREATE FUNCTION cancelled_as(p_failed text) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT CASE WHEN p_failed IS NULL THEN 'cancelled' ELSE 'failed' END $$;

-- Ends a dispatch of which its replica will not tell ('unknown'), or that it never made ('unsent'). Its batch is due again at
-- once, unless it was cancelled meanwhile. The gate is locked.
CREATE FUNCTION lose(p_slot bigint, p_outcome text, p_now bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    d dispatch%ROWTYPE;
    b batch%ROWTYPE;
    i ingestion%ROWTYPE;
    missing integer[];
BEGIN
    SELECT * INTO d FROM dispatch WHERE slot = p_slot;
    SELECT * INTO b FROM batch WHERE ingestion = d.ingestion AND batch = d.batch;
    SELECT * INTO i FROM ingestion WHERE sequence = d.ingestion;
    missing := coalesce(b.places, ARRAY(SELECT generate_series(0, batch_ids(i, b.batch) - 1)));
    IF b.withdrawn THEN
        INSERT INTO result (ingestion, position, status)
        SELECT d.ingestion, d.batch * i.batch_size + place, 'cancelled' FROM unnest(missing) place;
        UPDATE batch SET
            status = cancelled_as(b.failed),
            error = b.failed,
            finished_at = p_now,
            withdrawn = false,
            cancelled = true,
            unknown_outcomes = unknown_outcomes + CASE p_outcome WHEN 'unknown' THEN 1 ELSE 0 END
        WHERE ingestion = d.ingestion AND batch = d.batch;
    ELSE
        UPDATE batch SET
            rank = i.rank,
            places = missing,
            counted = counted - CASE p_outcome WHEN 'unsent' THEN 1 ELSE 0 END,
            unknown_outcomes = unknown_outcomes + CASE p_outcome WHEN 'unknown' THEN 1 ELSE 0 END,
            next_attempt_at = p_now,
            due = true
        WHERE ingestion = d.ingestion AND batch = d.batch;
        UPDATE gate SET retrying[i.rank + 1] = retrying[i.rank + 1] + 1;
    END IF;
    UPDATE dispatch SET
        outcome = p_outcome,
        reason = CASE WHEN b.withdrawn THEN b.failed END,
        ended_at = p_now,
        ended_ticks = 1000 * p_now,
        retry_at = CASE WHEN p_outcome = 'unsent' AND NOT b.withdrawn THEN p_now END,
        retry_ticks = CASE WHEN p_outcome = 'unsent' AND NOT b.withdrawn THEN 1000 * p_now END,
        batch_status = CASE WHEN b.withdrawn THEN cancelled_as(b.failed) END,
        batch_end_at = CASE WHEN b.withdrawn THEN p_now END
    WHERE slot = p_slot;
    UPDATE gate SET flying = array_remove(flying, p_slot);
    PERFORM pg_notify(current_schema() || '_change', i.id::text);
    IF b.withdrawn THEN
        PERFORM end_ingestion(d.ingestion, p_now);
    END IF;
END $$;

-- The batch of a slot has left, at the latest at that moment: the next slot keeps its distance from that instead of from the
-- last moment at which it might have. The gate is locked.
CREATE FUNCTION leave(p_run bigint, p_slot bigint, p_left_at bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE dispatch SET departed_ticks = 1000 * greatest(p_left_at, started_at)
    WHERE slot = p_slot AND run = p_run AND departed_ticks IS NULL;
    IF FOUND THEN
        UPDATE gate SET
            left_at = CASE slot WHEN p_slot THEN greatest(p_left_at, stray_at) ELSE greatest(left_at, p_left_at) END,
            stray_at = CASE slot WHEN p_slot THEN stray_at ELSE greatest(stray_at, p_left_at) END;
    END IF;
END $$;

-- Takes the slot, if there is one, and with it the most urgent batch that need not wait. First it says what the replica knows:
-- which slots it has in flight, and of one of them, when its batch left. Whatever else earlier questions of its have brought was
-- given to it without its knowledge, and never sent. Questions are numbered, since one that was held up on the way may come after
-- one that was asked later.
--
-- p_lease: microseconds that the replica is taken to be alive for, and for which the batch may leave. For the other answers than
-- 'taken' see look.
CREATE FUNCTION claim(
    p_run bigint, p_replica text, p_asked bigint, p_interval bigint, p_max_in_flight integer, p_lease bigint,
    p_flying bigint[], p_departed_slot bigint, p_departed_at bigint,
    OUT answer text, OUT wait bigint, OUT now bigint, OUT slot bigint, OUT sequence bigint, OUT id uuid, OUT batch integer,
    OUT batch_ids integer, OUT id_bytes integer, OUT ids bytea, OUT places integer[],
    OUT counted integer, OUT failed text, OUT cancelled boolean)
LANGUAGE plpgsql SET jit TO off SET enable_seqscan TO off SET enable_bitmapscan TO off SET enable_sort TO off AS $$
#variable_conflict use_column
DECLARE
    view record;
    lost record;
    head record;
    i ingestion%ROWTYPE;
    b batch%ROWTYPE;
    claimed_rank smallint;
BEGIN
    IF p_departed_slot IS NULL THEN
        -- Without a lock, since mostly there is nothing to do.
        SELECT * INTO view FROM look(p_run, p_asked, p_interval, p_max_in_flight, p_lease, p_flying);
        answer := view.answer;
        wait := view.wait;
        IF answer NOT IN ('lost', 'open') THEN
            RETURN;
        END IF;
    END IF;
    PERFORM FROM gate FOR UPDATE;
    now := now_micros();
    -- Where the clock was set back, nobody waits for what would be hours.
    UPDATE gate SET left_at = now WHERE left_at > now + 600000000;
    IF p_departed_slot IS NOT NULL THEN
        PERFORM leave(p_run, p_departed_slot, least(p_departed_at, now));
    END IF;
    FOR lost IN
        SELECT d.slot, d.run FROM dispatch d, gate g WHERE d.slot = ANY (g.flying) AND NOT d.slot = ANY (p_flying)
            AND ((d.run = p_run AND d.asked < p_asked) OR lease_over(d.lease_until, p_lease, now))
    LOOP
        IF lost.run = p_run THEN
            PERFORM lose(lost.slot, 'unsent', now);
            UPDATE gate SET left_at = least(left_at, now) WHERE gate.slot = lost.slot;
        ELSE
            PERFORM lose(lost.slot, 'unknown', now);
        END IF;
    END LOOP;
    SELECT * INTO view FROM look(p_run, p_asked, p_interval, p_max_in_flight, p_lease, p_flying);
    answer := view.answer;
    wait := view.wait;
    IF answer <> 'open' THEN
        -- Should what was changed be lost, it is found out again.
        PERFORM set_config('synchronous_commit', 'off', true);
        RETURN;
    END IF;

    now := now_micros();
    UPDATE batch SET due = true WHERE next_attempt_at <= now AND NOT due;
    -- In one statement, so that who is chosen and what there was to choose from are of one moment.
    SELECT a.sequence AS newest, fresh.rank, fresh.ingestion, fresh.next, fresh.batches,
           again.ingestion AS again_ingestion, again.batch AS again_batch,
           again.ingestion IS NOT NULL
             AND (fresh.ingestion IS NULL OR (again.rank, again.ingestion) <= (fresh.rank, fresh.ingestion)) AS is_again
    INTO head
    FROM acceptance a
    LEFT JOIN LATERAL (SELECT * FROM line l ORDER BY l.rank, l.ingestion LIMIT 1) fresh ON true
    LEFT JOIN LATERAL (
        SELECT * FROM batch w WHERE w.due ORDER BY w.rank, w.ingestion, w.batch LIMIT 1) again ON true;
    IF head.ingestion IS NULL AND NOT head.is_again THEN
        answer := 'idle';
        RETURN;
    END IF;
    IF head.is_again THEN
        UPDATE batch w SET
            attempts = w.attempts + 1, counted = w.counted + 1, error = NULL, next_attempt_at = NULL, due = false
        WHERE w.ingestion = head.again_ingestion AND w.batch = head.again_batch
        RETURNING * INTO b;
        SELECT * INTO i FROM ingestion n WHERE n.sequence = b.ingestion;
        claimed_rank := b.rank;
        UPDATE gate SET retrying[claimed_rank + 1] = retrying[claimed_rank + 1] - 1;
    ELSE
        INSERT INTO batch (ingestion, batch, rank, status, attempts, counted, started_at)
        VALUES (head.ingestion, head.next, head.rank, 'triggered', 1, 1, now)
        RETURNING * INTO b;
        SELECT * INTO i FROM ingestion n WHERE n.sequence = b.ingestion;
        claimed_rank := head.rank;
        IF head.next + 1 = head.batches THEN
            DELETE FROM line l WHERE l.rank = head.rank AND l.ingestion = head.ingestion;
        ELSE
            UPDATE line l SET next = head.next + 1 WHERE l.rank = head.rank AND l.ingestion = head.ingestion;
        END IF;
        UPDATE gate SET gone[claimed_rank + 1] = gone[claimed_rank + 1] + 1;
        PERFORM gone(claimed_rank, head.ingestion, 1);
    END IF;
    UPDATE gate SET slot = gate.slot + 1, flying = flying || (gate.slot + 1), left_at = now + p_lease
    RETURNING gate.slot INTO slot;
    INSERT INTO run (run, started_at, started_ticks, boot, interval_nanos, max_in_flight, keeps_results, used_at, replica)
    VALUES (p_run, now, 1000 * now, 'database', 1000 * p_interval, p_max_in_flight, 1, now, p_replica)
    ON CONFLICT ON CONSTRAINT run_pkey DO UPDATE SET used_at = EXCLUDED.used_at;
    INSERT INTO dispatch (slot, run, started_at, started_ticks, accepted, ingestion, priority, batch, batches, attempt,
                          asked, lease_until)
    VALUES (slot, p_run, now, 1000 * now, head.newest, b.ingestion, priority_of(claimed_rank), b.batch,
            (octet_length(i.ids) / i.id_bytes - 1) / i.batch_size + 1, b.attempts, p_asked, now + p_lease);
    PERFORM pg_notify(current_schema() || '_change', i.id::text);

    answer := 'taken';
    wait := NULL;
    sequence := i.sequence;
    id := i.id;
    batch := b.batch;
    batch_ids := batch_ids(i, b.batch);
    id_bytes := i.id_bytes;
    ids := substring(i.ids FROM 1 + b.batch * i.batch_size * i.id_bytes FOR i.batch_size * i.id_bytes);
    places := b.places;
    counted := b.counted;
    failed := b.failed;
    cancelled := b.cancelled;
END $$;

-- The replica is alive: its leases run on. p_departing are those of its slots whose batches have not left yet; of these the last
-- that was given may leave for as long again. Returns the slots that are left, without those whose batches must not leave.
CREATE FUNCTION renew(p_run bigint, p_slots bigint[], p_departing bigint[], p_lease bigint)
RETURNS SETOF bigint LANGUAGE plpgsql SET jit TO off SET enable_seqscan TO off AS $$
DECLARE
    now bigint;
BEGIN
    PERFORM FROM gate FOR UPDATE;
    now := now_micros();
    UPDATE gate g SET left_at = now + p_lease
    WHERE g.slot = ANY (p_departing)
      AND EXISTS (SELECT FROM dispatch d
                  WHERE d.slot = g.slot AND d.run = p_run AND d.outcome IS NULL AND d.departed_ticks IS NULL);
    RETURN QUERY
        WITH renewed AS (
            UPDATE dispatch d SET lease_until = now + p_lease
            WHERE d.slot = ANY (p_slots) AND d.run = p_run AND d.outcome IS NULL
            RETURNING d.slot)
        SELECT r.slot FROM renewed r, gate g WHERE NOT r.slot = ANY (p_departing) OR r.slot = g.slot;
END $$;

-- Ends a dispatch with what it brought, unless somebody has ended it before ('lost'), or whether it was cancelled is not what the
-- replica took into account ('withdrawn', 'not withdrawn'). Times to come are given as microseconds from now. p_left_at is null if
-- nothing was sent.
CREATE FUNCTION finish(
    p_run bigint, p_slot bigint, p_left_at bigint, p_withdrawn boolean,
    p_outcome text, p_error text, p_status text, p_wait bigint, p_hold bigint, p_counts boolean,
    p_missing integer[], p_failed text, p_cancelled boolean,
    p_reached boolean, p_trouble text,
    p_places integer[], p_statuses text[], p_errors text[], p_http integer[], p_forms text[], p_types text[], p_data bytea[])
RETURNS text LANGUAGE plpgsql SET jit TO off SET enable_seqscan TO off AS $$
DECLARE
    d dispatch%ROWTYPE;
    b batch%ROWTYPE;
    i ingestion%ROWTYPE;
    now bigint;
BEGIN
    PERFORM FROM gate FOR UPDATE;
    now := now_micros();
    IF p_left_at IS NULL THEN
        UPDATE gate SET left_at = least(left_at, now) WHERE slot = p_slot;
    ELSE
        PERFORM leave(p_run, p_slot, least(p_left_at, now));
    END IF;
    SELECT * INTO d FROM dispatch WHERE slot = p_slot AND run = p_run AND outcome IS NULL;
    IF NOT FOUND THEN
        -- It may be said again by a replica that never heard that it had been heard.
        RETURN CASE WHEN EXISTS (
            SELECT FROM dispatch WHERE slot = p_slot AND run = p_run AND (outcome = p_outcome OR outcome NOT IN ('unknown', 'unsent')))
            THEN 'done' ELSE 'lost' END;
    END IF;
    SELECT * INTO b FROM batch WHERE ingestion = d.ingestion AND batch = d.batch;
    IF b.withdrawn <> p_withdrawn THEN
        RETURN CASE WHEN b.withdrawn THEN 'withdrawn' ELSE 'not withdrawn' END;
    END IF;
    SELECT * INTO i FROM ingestion WHERE sequence = d.ingestion;

    INSERT INTO result (ingestion, position, status, error, http_status, form, content_type, data)
    SELECT d.ingestion, d.batch * i.batch_size + r.place, r.status, r.error, r.http, r.form, r.type, r.data
    FROM unnest(p_places, p_statuses, p_errors, p_http, p_forms, p_types, p_data)
         AS r (place, status, error, http, form, type, data);

    UPDATE dispatch SET
        outcome = p_outcome,
        reason = p_error,
        ended_at = now,
        ended_ticks = 1000 * now,
        batch_status = p_status,
        batch_end_at = CASE WHEN p_status IS NOT NULL THEN now END,
        retry_at = CASE WHEN p_status IS NULL THEN now + p_wait END,
        retry_ticks = CASE WHEN p_status IS NULL THEN 1000 * (now + p_wait) END,
        hold_until = now + p_hold,
        hold_ticks = 1000 * (now + p_hold),
        hold_micros = p_hold
    WHERE slot = p_slot;
    UPDATE gate SET
        flying = array_remove(flying, p_slot),
        closed_until = greatest(closed_until, now + p_hold),
        unreachable = CASE WHEN p_reached THEN 0 WHEN p_trouble IS NOT NULL THEN unreachable + 1 ELSE unreachable END,
        trouble = CASE WHEN NOT p_reached THEN coalesce(p_trouble, trouble) END;

    IF p_status IS NULL THEN
        UPDATE batch SET
            rank = i.rank,
            error = p_error,
            next_attempt_at = now + p_wait,
            counted = counted - CASE WHEN p_counts THEN 0 ELSE 1 END,
            places = p_missing,
            failed = p_failed,
            cancelled = p_cancelled
        WHERE ingestion = d.ingestion AND batch = d.batch;
        UPDATE gate SET retrying[i.rank + 1] = retrying[i.rank + 1] + 1;
    ELSE
        UPDATE batch SET
            status = p_status, error = p_error, finished_at = now, withdrawn = false,
            places = NULL, failed = p_failed, cancelled = p_cancelled
        WHERE ingestion = d.ingestion AND batch = d.batch;
        PERFORM end_ingestion(d.ingestion, now);
    END IF;
    PERFORM pg_notify(current_schema() || '_change', i.id::text);
    RETURN 'done';
END $$;

-- Writes an order down; the gate is locked. Its number.
CREATE FUNCTION give_order(
    p_kind text, p_ingestion bigint, p_priority text, p_before text, p_now bigint)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    number bigint;
BEGIN
    UPDATE gate SET control = control + 1 RETURNING control INTO number;
    INSERT INTO control (control, ordered_at, after_slot, accepted, kind, ingestion, priority, before)
    SELECT number, p_now, g.slot, a.sequence, p_kind, p_ingestion, p_priority, p_before FROM gate g, acceptance a;
    RETURN number;
END $$;

CREATE FUNCTION cancel(p_id uuid) RETURNS void LANGUAGE plpgsql SET jit TO off SET enable_seqscan TO off AS $$
DECLARE
    i ingestion%ROWTYPE;
    now bigint;
    in_line integer := 0;
    again integer;
    flying integer;
BEGIN
    PERFORM FROM gate FOR UPDATE;
    now := now_micros();
    SELECT * INTO i FROM ingestion WHERE id = p_id AND expired = 0 AND finished_at IS NULL FOR UPDATE;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    DELETE FROM line WHERE rank = i.rank AND ingestion = i.sequence RETURNING batches - next INTO in_line;
    SELECT count(*) FILTER (WHERE next_attempt_at IS NOT NULL),
           count(*) FILTER (WHERE next_attempt_at IS NULL AND NOT withdrawn)
    INTO again, flying
    FROM batch WHERE ingestion = i.sequence AND finished_at IS NULL;
    IF coalesce(in_line, 0) + again + flying = 0 THEN
        RETURN;
    END IF;
    PERFORM give_order('cancel', i.sequence, NULL, NULL, now);
    UPDATE gate SET
        gone[i.rank + 1] = gone[i.rank + 1] + coalesce(in_line, 0),
        retrying[i.rank + 1] = retrying[i.rank + 1] - again;
    IF in_line > 0 THEN
        PERFORM gone(i.rank, i.sequence, in_line);
    END IF;
    UPDATE ingestion SET cancelled_at = coalesce(cancelled_at, now) WHERE sequence = i.sequence;
    IF flying > 0 THEN
        UPDATE batch SET withdrawn = true
        WHERE ingestion = i.sequence AND finished_at IS NULL AND next_attempt_at IS NULL;
    END IF;
    IF again > 0 THEN
        INSERT INTO result (ingestion, position, status)
        SELECT b.ingestion, b.batch * i.batch_size + place, 'cancelled'
        FROM batch b, unnest(b.places) place
        WHERE b.ingestion = i.sequence AND b.next_attempt_at IS NOT NULL;
        UPDATE dispatch d SET
            batch_status = cancelled_as(b.failed),
            reason = b.failed,
            batch_end_at = now,
            retried = NULL
        FROM batch b
        WHERE b.ingestion = i.sequence AND b.next_attempt_at IS NOT NULL
          AND d.slot = (SELECT max(l.slot) FROM dispatch l WHERE l.ingestion = b.ingestion AND l.batch = b.batch);
        UPDATE batch SET
            status = cancelled_as(failed),
            error = failed,
            finished_at = now,
            next_attempt_at = NULL,
            due = false,
            places = NULL,
            cancelled = true
        WHERE ingestion = i.sequence AND next_attempt_at IS NOT NULL;
    END IF;
    PERFORM pg_notify(current_schema() || '_change', i.id::text);
    PERFORM end_ingestion(i.sequence, now);
END $$;

CREATE FUNCTION move(p_id uuid, p_priority text) RETURNS void LANGUAGE plpgsql SET jit TO off SET enable_seqscan TO off AS $$
DECLARE
    i ingestion%ROWTYPE;
    target smallint := rank_of(p_priority);
    in_line integer := 0;
    again integer;
BEGIN
    PERFORM FROM gate FOR UPDATE;
    SELECT * INTO i FROM ingestion WHERE id = p_id AND expired = 0 AND finished_at IS NULL AND rank <> target FOR UPDATE;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    PERFORM give_order('move', i.sequence, p_priority, priority_of(i.rank), now_micros());
    UPDATE ingestion SET rank = target WHERE sequence = i.sequence;
    UPDATE line SET rank = target WHERE rank = i.rank AND ingestion = i.sequence RETURNING batches - next INTO in_line;
    UPDATE batch SET rank = target WHERE ingestion = i.sequence AND finished_at IS NULL AND next_attempt_at IS NOT NULL;
    GET DIAGNOSTICS again = ROW_COUNT;
    in_line := coalesce(in_line, 0);
    UPDATE gate SET
        gone[i.rank + 1] = gone[i.rank + 1] + in_line,
        retrying[i.rank + 1] = retrying[i.rank + 1] - again;
    UPDATE gate SET
        gone[target + 1] = gone[target + 1] - in_line,
        retrying[target + 1] = retrying[target + 1] + again;
    -- Of what is not in line, the blocks may be deleted at the same time.
    IF in_line > 0 THEN
        PERFORM gone(i.rank, i.sequence, in_line), gone(target, i.sequence, -in_line);
    END IF;
    PERFORM pg_notify(current_schema() || '_change', i.id::text);
END $$;

-- Asks for the failed ids again: 'done', 'none failed', or 'full' and by how much.
CREATE FUNCTION retry(p_id uuid, p_max_backlog bigint, OUT answer text, OUT excess bigint) LANGUAGE plpgsql SET jit TO off SET enable_seqscan TO off AS $$
DECLARE
    i ingestion%ROWTYPE;
    now bigint;
    number bigint;
    failures integer;
    failed_batch integer;
BEGIN
    PERFORM FROM gate FOR UPDATE;
    now := now_micros();
    SELECT * INTO i FROM ingestion WHERE id = p_id AND expired = 0 FOR UPDATE;
    IF NOT FOUND THEN
        answer := 'unknown';
        RETURN;
    END IF;
    SELECT count(*) INTO failures FROM batch WHERE ingestion = i.sequence AND status = 'failed';
    IF failures = 0 THEN
        answer := 'none failed';
        RETURN;
    END IF;
    excess := waiting() + failures - p_max_backlog;
    IF excess > 0 THEN
        answer := 'full';
        RETURN;
    END IF;
    number := give_order('retry', i.sequence, NULL, NULL, now);
    -- One by one: a join of the two would depend on statistics that are older than the failures.
    FOR failed_batch IN SELECT batch FROM batch WHERE ingestion = i.sequence AND status = 'failed' LOOP
        DELETE FROM result r
        WHERE r.ingestion = i.sequence AND r.status = 'failed'
          AND r.position BETWEEN failed_batch * i.batch_size AND (failed_batch + 1) * i.batch_size - 1;
    END LOOP;
    UPDATE dispatch d SET retried = number
    WHERE d.ingestion = i.sequence AND d.batch_status = 'failed' AND d.retried IS NULL;
    UPDATE batch b SET
        rank = i.rank,
        status = 'triggered',
        counted = 0,
        finished_at = NULL,
        error = NULL,
        next_attempt_at = now,
        due = true,
        failed = NULL,
        places = ARRAY(
            SELECT place FROM generate_series(0, batch_ids(i, b.batch) - 1) place
            WHERE NOT EXISTS (SELECT FROM result r
                              WHERE r.ingestion = b.ingestion AND r.position = b.batch * i.batch_size + place)
            ORDER BY place),
        cancelled = EXISTS (
            SELECT FROM result r
            WHERE r.ingestion = b.ingestion AND r.status = 'cancelled'
              AND r.position BETWEEN b.batch * i.batch_size AND (b.batch + 1) * i.batch_size - 1)
    WHERE b.ingestion = i.sequence AND b.status = 'failed';
    UPDATE ingestion SET finished_at = NULL WHERE sequence = i.sequence;
    UPDATE gate SET retrying[i.rank + 1] = retrying[i.rank + 1] + failures;
    PERFORM pg_notify(current_schema() || '_change', i.id::text);
    PERFORM pg_notify(current_schema() || '_work', '');
    answer := 'done';
END $$;

CREATE FUNCTION pause(p_paused boolean) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM gate FOR UPDATE;
    UPDATE gate SET paused = p_paused WHERE paused <> p_paused;
    IF FOUND THEN
        PERFORM give_order(CASE WHEN p_paused THEN 'pause' ELSE 'resume' END, NULL, NULL, NULL, now_micros());
        PERFORM pg_notify(current_schema() || '_gate', '');
    END IF;
END $$;

-- Where an ingestion stands in the queue; nothing if it has ended, or there is none. Without an id, where one of that priority and
-- so many batches would stand that is accepted now. Times are microseconds from now. Of what is
-- earlier, what came and went is counted by blocks, and one by one within its own block.
CREATE FUNCTION standing(
    p_id uuid, p_priority text, p_batches integer, p_interval bigint,
    OUT now bigint, OUT paused boolean, OUT opens_in bigint, OUT closed_for bigint, OUT fetch_micros bigint,
    OUT in_flight bigint[], OUT own_in_flight bigint[], OUT higher bigint, OUT earlier bigint, OUT own bigint, OUT behind bigint,
    OUT waits bigint[], OUT urgencies integer[])
LANGUAGE plpgsql STABLE SET jit TO off SET enable_seqscan TO off SET enable_sort TO off AS $$
#variable_conflict use_column
DECLARE
    g gate%ROWTYPE;
    i ingestion%ROWTYPE;
    waiting bigint[];
    head bigint;
    first_of_block bigint;
    again record;
    time bigint := now_micros();
BEGIN
    SELECT * INTO i FROM ingestion WHERE id = p_id AND expired = 0 AND finished_at IS NULL;
    IF p_id IS NULL THEN
        i.rank := rank_of(p_priority);
        SELECT sequence + 1 INTO i.sequence FROM acceptance;
    ELSIF NOT FOUND THEN
        RETURN;
    END IF;
    SELECT * INTO g FROM gate;
    now := time;
    paused := g.paused;
    opens_in := greatest(0, least(g.left_at, time) + p_interval - time);
    closed_for := greatest(0, g.closed_until - time);
    SELECT coalesce(avg(took), 0) INTO fetch_micros FROM (
        SELECT greatest(0, d.ended_ticks - d.departed_ticks) / 1000 AS took FROM dispatch d
        WHERE d.slot > g.slot - 100 AND d.outcome = 'completed' ORDER BY d.slot DESC LIMIT 20) AS last;
    SELECT coalesce(array_agg(f.elapsed), '{}'), coalesce(array_agg(f.elapsed) FILTER (WHERE f.ingestion = i.sequence), '{}')
    INTO in_flight, own_in_flight
    FROM (SELECT d.ingestion, greatest(0, coalesce(time - d.departed_ticks / 1000, 0)) AS elapsed
          FROM dispatch d WHERE d.slot = ANY (g.flying)) AS f;

    SELECT ARRAY[a.batches[1] - g.gone[1], a.batches[2] - g.gone[2], a.batches[3] - g.gone[3]] INTO waiting FROM acceptance a;
    SELECT count(*) FILTER (WHERE b.rank < i.rank) AS higher,
           count(*) FILTER (WHERE b.rank = i.rank AND b.ingestion < i.sequence) AS earlier,
           count(*) FILTER (WHERE b.ingestion = i.sequence) AS own,
           count(*) AS total
    INTO again
    FROM (SELECT rank, ingestion FROM batch WHERE due
          UNION ALL
          SELECT rank, ingestion FROM batch WHERE next_attempt_at IS NOT NULL AND NOT due AND next_attempt_at <= time) AS b;
    SELECT coalesce(sum(w), 0) + again.higher INTO higher FROM unnest(waiting[1:i.rank]) AS w;
    SELECT l.ingestion INTO head FROM line l WHERE l.rank = i.rank ORDER BY l.rank, l.ingestion LIMIT 1;
    first_of_block := i.sequence / 1024 * 1024;
    earlier := again.earlier
        + coalesce((SELECT sum(a.batches) FROM arrival a
                    WHERE a.rank = i.rank AND a.block >= head / 1024 AND a.block < i.sequence / 1024), 0)
        - coalesce((SELECT sum(e.batches) FROM exit e
                    WHERE e.rank = i.rank AND e.block >= head / 1024 AND e.block < i.sequence / 1024), 0)
        + coalesce((SELECT sum(l.batches - l.next) FROM line l
                    WHERE l.rank = i.rank AND l.ingestion >= first_of_block AND l.ingestion < i.sequence), 0);
    own := again.own
        + coalesce((SELECT l.batches - l.next FROM line l WHERE l.rank = i.rank AND l.ingestion = i.sequence), 0);
    behind := total(waiting) + again.total - higher - earlier - own;
    own := coalesce(p_batches, own);
    SELECT coalesce(array_agg(b.next_attempt_at - time ORDER BY b.next_attempt_at), '{}'),
           coalesce(array_agg(CASE
               WHEN b.ingestion = i.sequence THEN 0
               WHEN (b.rank, b.ingestion) < (i.rank, i.sequence) THEN -1
               ELSE 1 END ORDER BY b.next_attempt_at), '{}')
    INTO waits, urgencies
    FROM batch b WHERE b.next_attempt_at IS NOT NULL AND NOT b.due AND b.next_attempt_at > time;
END $$;
