-- How slots are shared where it is not priority and acceptance alone; who does not ask for that is not concerned by any of it.

ALTER TABLE run ADD COLUMN fair_share   integer NOT NULL DEFAULT 0; -- 1: keys took turns
ALTER TABLE run ADD COLUMN aging_micros bigint;                     -- how long ago somebody was accepted who was lifted; null: nobody was

-- Of dispatches that were given by turns, or to whoever had waited for long; null of all others. They tell it also of ingestions
-- that have been deleted.
ALTER TABLE dispatch ADD COLUMN owner      text;                    -- name of the key; null: none
ALTER TABLE dispatch ADD COLUMN created_at bigint;                  -- when its ingestion was accepted
ALTER TABLE dispatch ADD COLUMN turn       smallint;                -- where keys took turns: in which rank it was this one's
CREATE INDEX dispatch_by_turn ON dispatch (turn, owner, slot) WHERE turn IS NOT NULL;

-- Filled by whoever gives slots by turns: so that nobody else has to, neither this version where it does not nor the one before.
ALTER TABLE line ADD COLUMN owner text;                             -- as in its ingestion; '' for null there; null: not filled yet
CREATE INDEX line_by_owner ON line (rank, owner, ingestion) WHERE owner IS NOT NULL;
ALTER TABLE gate ADD COLUMN owned bigint NOT NULL DEFAULT 0;        -- of which ingestions that has been done, by their sequence

-- Fills the owner of those in line, of at most so many sequences. Whether any are left; and up to which one it is done.
CREATE FUNCTION fill_owners(p_most bigint, OUT more boolean, OUT up_to bigint) LANGUAGE plpgsql
SET jit TO off SET enable_seqscan TO off SET enable_hashjoin TO off SET enable_mergejoin TO off AS $$
DECLARE
    done bigint;
    newest bigint;
BEGIN
    SELECT g.owned INTO done FROM gate g FOR UPDATE;
    SELECT a.sequence INTO newest FROM acceptance a;
    SELECT greatest(done, min(l.ingestion) - 1) INTO done
    FROM generate_series(0, 2) AS r (rank), LATERAL (
        SELECT n.ingestion FROM line n WHERE n.rank = r.rank AND n.ingestion > done ORDER BY n.rank, n.ingestion LIMIT 1) l;
    up_to := least(newest, done + p_most);
    UPDATE line l SET owner = coalesce((SELECT i.owner FROM ingestion i WHERE i.sequence = l.ingestion), '')
    WHERE l.rank IN (0, 1, 2) AND l.ingestion > done AND l.ingestion <= up_to AND l.owner IS NULL;
    UPDATE gate SET owned = up_to WHERE owned <> up_to;
    more := up_to < newest;
END $$;

-- Who is next, of those accepted up to p_newest. By the rank in force, which is one lower for who was accepted p_aging ago; then, where
-- p_fair, by whose last slot in that rank is the longest ago; then by acceptance and place. p_batch is null for one that is in line.
CREATE FUNCTION next_in_turn(
    p_fair boolean, p_aging bigint, p_now bigint, p_newest bigint,
    OUT in_force smallint, OUT rank smallint, OUT ingestion bigint, OUT batch integer, OUT owner text, OUT created_at bigint)
LANGUAGE sql STABLE SET jit TO off SET enable_seqscan TO off SET enable_bitmapscan TO off SET enable_hashjoin TO off
SET enable_mergejoin TO off AS $$
    WITH RECURSIVE heads AS (
        -- The oldest in line of each rank; or of each key in it, one key after the other.
        SELECT r.rank, h.owner, h.ingestion FROM generate_series(0, 2) AS r (rank), LATERAL (
            (SELECT NULL AS owner, l.ingestion FROM line l WHERE NOT p_fair AND l.rank = r.rank
             ORDER BY l.rank, l.ingestion LIMIT 1)
            UNION ALL
            (SELECT l.owner, l.ingestion FROM line l WHERE p_fair AND l.rank = r.rank AND l.owner IS NOT NULL
             ORDER BY l.rank, l.owner, l.ingestion LIMIT 1)) h
        UNION ALL
        SELECT b.rank, n.owner, n.ingestion FROM heads b, LATERAL (
            SELECT l.owner, l.ingestion FROM line l WHERE l.rank = b.rank AND l.owner > b.owner
            ORDER BY l.rank, l.owner, l.ingestion LIMIT 1) n),
    again AS (
        -- The first batch that is due of each rank; or of each ingestion, one ingestion after the other.
        SELECT h.rank, h.ingestion, h.batch FROM generate_series(0, 2) AS r (rank), LATERAL (
            SELECT w.rank, w.ingestion, w.batch FROM batch w WHERE NOT p_fair AND w.due AND w.rank = r.rank
            ORDER BY w.rank, w.ingestion, w.batch LIMIT 1) h
        UNION ALL
        (SELECT w.rank, w.ingestion, w.batch FROM batch w WHERE p_fair AND w.due ORDER BY w.rank, w.ingestion, w.batch LIMIT 1)
        UNION ALL
        SELECT n.rank, n.ingestion, n.batch FROM again b, LATERAL (
            SELECT w.rank, w.ingestion, w.batch FROM batch w
            WHERE p_fair AND w.due AND (w.rank, w.ingestion) > (b.rank, b.ingestion)
            ORDER BY w.rank, w.ingestion, w.batch LIMIT 1) n),
    found AS (
        SELECT c.rank, c.ingestion, c.batch, i.owner, i.created_at,
               c.rank - CASE WHEN c.rank > 0 AND i.created_at + p_aging <= p_now THEN 1 ELSE 0 END AS in_force
        FROM (SELECT h.rank, h.ingestion, NULL::integer AS batch FROM heads h WHERE h.ingestion <= p_newest
              UNION ALL SELECT a.rank, a.ingestion, a.batch FROM again a) c, ingestion i
        WHERE i.sequence = c.ingestion),
    first AS (
        -- Of each key its most urgent; if keys do not matter, of all.
        SELECT DISTINCT ON (CASE WHEN p_fair THEN f.owner END) f.*
        FROM found f WHERE f.in_force = (SELECT min(m.in_force) FROM found m)
        ORDER BY CASE WHEN p_fair THEN f.owner END, f.ingestion, f.batch NULLS LAST)
    SELECT f.in_force::smallint, f.rank::smallint, f.ingestion, f.batch, f.owner, f.created_at
    FROM first f
    ORDER BY CASE WHEN NOT p_fair THEN 0
             WHEN f.owner IS NULL THEN coalesce((
                SELECT d.slot FROM dispatch d WHERE d.turn = f.in_force AND d.owner IS NULL
                ORDER BY d.turn DESC, d.owner DESC, d.slot DESC LIMIT 1), 0)
             ELSE coalesce((
                SELECT d.slot FROM dispatch d WHERE d.turn = f.in_force AND d.owner = f.owner
                ORDER BY d.turn DESC, d.owner DESC, d.slot DESC LIMIT 1), 0) END,
        f.ingestion, f.batch NULLS LAST
    LIMIT 1
$$;

-- Takes the slot, as the function of the same name that knows of no fairness does, which replicas of the version before go on using.
-- p_fair: keys take turns; p_aging: microseconds after which somebody is lifted, null for never.
CREATE FUNCTION claim(
    p_run bigint, p_replica text, p_asked bigint, p_interval bigint, p_max_in_flight integer, p_lease bigint,
    p_flying bigint[], p_departed_slot bigint, p_departed_at bigint, p_fair boolean, p_aging bigint,
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
    by_priority CONSTANT boolean := NOT p_fair AND p_aging IS NULL;
    newest bigint;
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
    IF by_priority THEN
        -- In one statement, so that who is chosen and what there was to choose from are of one moment.
        SELECT a.sequence AS newest, fresh.rank, fresh.ingestion, fresh.next, fresh.batches,
               again.ingestion AS again_ingestion, again.batch AS again_batch,
               again.ingestion IS NOT NULL
                 AND (fresh.ingestion IS NULL OR (again.rank, again.ingestion) <= (fresh.rank, fresh.ingestion)) AS is_again,
               NULL::text AS owner, NULL::bigint AS created_at, NULL::smallint AS turn
        INTO head
        FROM acceptance a
        LEFT JOIN LATERAL (SELECT * FROM line l ORDER BY l.rank, l.ingestion LIMIT 1) fresh ON true
        LEFT JOIN LATERAL (
            SELECT * FROM batch w WHERE w.due ORDER BY w.rank, w.ingestion, w.batch LIMIT 1) again ON true;
    ELSE
        IF p_fair THEN
            SELECT f.up_to INTO newest FROM fill_owners(9000000000000000) f;
        ELSE
            SELECT a.sequence INTO newest FROM acceptance a;
        END IF;
        SELECT newest AS newest, n.rank, CASE WHEN n.batch IS NULL THEN n.ingestion END AS ingestion, l.next, l.batches,
               CASE WHEN n.batch IS NOT NULL THEN n.ingestion END AS again_ingestion, n.batch AS again_batch,
               n.batch IS NOT NULL AS is_again,
               n.owner, n.created_at, CASE WHEN p_fair THEN n.in_force END AS turn
        INTO head
        FROM next_in_turn(p_fair, p_aging, now, newest) n
        LEFT JOIN line l ON n.batch IS NULL AND l.rank = n.rank AND l.ingestion = n.ingestion;
    END IF;
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
    INSERT INTO run (run, started_at, started_ticks, boot, interval_nanos, max_in_flight, fair_share, aging_micros, keeps_results, used_at,
                     replica)
    VALUES (p_run, now, 1000 * now, 'database', 1000 * p_interval, p_max_in_flight, p_fair::integer, p_aging, 1, now,
            p_replica)
    ON CONFLICT ON CONSTRAINT run_pkey DO UPDATE SET used_at = EXCLUDED.used_at;
    INSERT INTO dispatch (slot, run, started_at, started_ticks, accepted, ingestion, priority, batch, batches, attempt,
                          owner, created_at, turn, asked, lease_until)
    VALUES (slot, p_run, now, 1000 * now, head.newest, b.ingestion, priority_of(claimed_rank), b.batch,
            (octet_length(i.ids) / i.id_bytes - 1) / i.batch_size + 1, b.attempts,
            head.owner, head.created_at, head.turn, p_asked, now + p_lease);
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
