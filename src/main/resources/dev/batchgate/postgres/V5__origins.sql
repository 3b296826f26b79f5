-- Where a submission came from, and who is to be told of its end.
ALTER TABLE ingestion ADD COLUMN owner        text; -- name of the key that it was handed in with; null: the service was open
ALTER TABLE ingestion ADD COLUMN callback_url text;
ALTER TABLE ingestion ADD COLUMN traceparent  text; -- as in the W3C's Trace Context
-- An idempotency_key is its owner's: it is kept behind the owner's name and a line break, if there is an owner.

CREATE INDEX ingestion_by_owner ON ingestion (owner, sequence) WHERE owner IS NOT NULL;

-- Accepts as the function of the same name does that knows of no origins, which replicas of the version before use.
-- Accepts those submissions that there is room for, in their order. No key may be there twice. For each of them: its
-- sequence; or what was accepted under its key before; or by how much it is too large for the backlog; or whether it is too late,
-- since more batches are before it than it may wait for.
CREATE FUNCTION accept(
    p_ids uuid[], p_priorities text[], p_batch_sizes integer[], p_batches integer[], p_id_bytes integer[], p_packed bytea[],
    p_keys text[], p_owners text[], p_callback_urls text[], p_traceparents text[], p_most_before bigint[], p_max_backlog bigint)
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
    PERFORM pg_notify(current_schema() || '_work', '');
END $$;
