-- Accepts as the function of the same name did, which it takes the place of for replicas of the version before, too; but looks at
-- submissions one by one only where one of them may be refused or may have been accepted before, and its statements are planned once.
CREATE OR REPLACE FUNCTION accept(
    p_ids uuid[], p_priorities text[], p_batch_sizes integer[], p_batches integer[], p_id_bytes integer[], p_packed bytea[],
    p_keys text[], p_owners text[], p_callback_urls text[], p_traceparents text[], p_costs bigint[], p_shares bigint[],
    p_most_before bigint[], p_max_backlog bigint)
RETURNS TABLE (place bigint, sequence bigint, excess bigint, late boolean,
               earlier_id uuid, earlier_priority text, earlier_id_bytes integer, earlier_ids bytea, earlier_callback_url text,
               exceeded text, used bigint, shared bigint)
LANGUAGE plpgsql SET jit TO off SET enable_seqscan TO off SET enable_hashjoin TO off SET enable_mergejoin TO off
SET plan_cache_mode TO force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    newest acceptance%ROWTYPE;
    room bigint;
    before bigint[];
    wanted record;
    sequences bigint[];
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
    SELECT p_max_backlog - (total(newest.batches) - total(g.gone) + total(g.retrying)) INTO room FROM gate g;
    -- A clock that is set back must not reorder what was accepted: time stands still until it has caught up.
    now := now_micros();
    created := greatest(newest.created_at, now);
    IF num_nonnulls(VARIADIC p_costs) = 0 AND num_nonnulls(VARIADIC p_shares) = 0 AND num_nonnulls(VARIADIC p_most_before) = 0
       AND (SELECT sum(b) FROM unnest(p_batches) AS b) <= room
       AND (num_nonnulls(VARIADIC p_keys) = 0
            OR NOT EXISTS (SELECT FROM unnest(p_keys) AS k JOIN ingestion i ON i.idempotency_key = k)) THEN
        sequences := ARRAY(SELECT newest.sequence + n FROM generate_series(1, cardinality(p_ids)) AS n);
        IF num_nonnulls(VARIADIC p_owners) > 0 THEN
            SELECT array_agg(o.owner), array_agg(o.batches), array_agg(NULL::bigint)
            INTO owners, added, useds
            FROM (SELECT s.owner, sum(s.batches)::bigint AS batches FROM unnest(p_owners, p_batches) AS s (owner, batches)
                  WHERE s.owner IS NOT NULL GROUP BY s.owner) o;
        END IF;
        RETURN QUERY
            SELECT n, newest.sequence + n, NULL::bigint, false, NULL::uuid, NULL::text, NULL::integer, NULL::bytea, NULL::text,
                   NULL::text, NULL::bigint, NULL::bigint
            FROM generate_series(1, cardinality(p_ids)::bigint) AS n;
        newest.sequence := newest.sequence + cardinality(p_ids);
    ELSE
        sequences := array_fill(NULL::bigint, ARRAY[cardinality(p_ids)]);
        IF num_nonnulls(VARIADIC p_most_before) > 0 THEN
            before := ARRAY(
                SELECT newest.batches[r] - g.gone[r]
                    + (SELECT count(*) FROM batch WHERE due AND rank = r - 1)
                    + (SELECT count(*) FROM batch WHERE next_attempt_at IS NOT NULL AND NOT due AND next_attempt_at <= now_micros()
                                                    AND rank = r - 1)
                FROM gate g, generate_series(1, 3) AS r ORDER BY r);
        END IF;
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
    END IF;

    INSERT INTO ingestion (sequence, id, priority, created_at, batch_size, id_bytes, ids, idempotency_key, rank, owner, callback_url, traceparent)
    SELECT s.sequence, s.id, s.priority, created, s.batch_size, s.id_bytes, s.ids, s.key, rank_of(s.priority), s.owner, s.callback_url, s.traceparent
    FROM unnest(sequences, p_ids, p_priorities, p_batch_sizes, p_id_bytes, p_packed, p_keys, p_owners, p_callback_urls, p_traceparents)
         AS s (sequence, id, priority, batch_size, id_bytes, ids, key, owner, callback_url, traceparent)
    WHERE s.sequence IS NOT NULL;

    WITH accepted AS (
        SELECT rank_of(s.priority) AS rank, s.sequence, s.batches
        FROM unnest(sequences, p_priorities, p_batches) AS s (sequence, priority, batches)
        WHERE s.sequence IS NOT NULL),
    lined_up AS (
        INSERT INTO line (rank, ingestion, next, batches) SELECT c.rank, c.sequence, 0, c.batches FROM accepted c),
    arrived AS (
        INSERT INTO arrival AS a (rank, block, batches)
        SELECT c.rank, c.sequence / 1024, sum(c.batches) FROM accepted c GROUP BY 1, 2
        ON CONFLICT ON CONSTRAINT arrival_pkey DO UPDATE SET batches = a.batches + EXCLUDED.batches)
    UPDATE acceptance SET
        sequence = newest.sequence,
        created_at = created,
        batches = ARRAY[newest.batches[1] + n.high, newest.batches[2] + n.medium, newest.batches[3] + n.low]
    FROM (SELECT coalesce(sum(c.batches) FILTER (WHERE c.rank = 0), 0) AS high,
                 coalesce(sum(c.batches) FILTER (WHERE c.rank = 1), 0) AS medium,
                 coalesce(sum(c.batches) FILTER (WHERE c.rank = 2), 0) AS low
          FROM accepted c) n;
    IF owners IS NOT NULL THEN
        INSERT INTO owner_arrival AS a (owner, batches, used_until)
        SELECT o.owner, o.added, coalesce(now + o.used, 0) FROM unnest(owners, added, useds) AS o (owner, added, used)
        WHERE o.added > 0
        ON CONFLICT ON CONSTRAINT owner_arrival_pkey DO UPDATE SET
            batches = a.batches + EXCLUDED.batches,
            used_until = CASE WHEN EXCLUDED.used_until = 0 THEN a.used_until ELSE EXCLUDED.used_until END;
    END IF;
    PERFORM pg_notify(current_schema() || '_work', '');
END $$;
