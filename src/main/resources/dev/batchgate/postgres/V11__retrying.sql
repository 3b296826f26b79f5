-- Asks for the failed ids again: 'done', 'none failed', or 'full' and by how much. As the function of the same name did, which it takes
-- the place of for replicas of the version before, too; but looks up by its place whether an id has ended, which NOT EXISTS does not: it is
-- turned into a join that reads all results of the ingestion for each of its batches, seconds for thousands, while the gate is locked.
CREATE OR REPLACE FUNCTION retry(p_id uuid, p_max_backlog bigint, OUT answer text, OUT excess bigint) LANGUAGE plpgsql SET jit TO off SET enable_seqscan TO off AS $$
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
            WHERE (SELECT r.position FROM result r
                   WHERE r.ingestion = b.ingestion AND r.position = b.batch * i.batch_size + place) IS NULL
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
