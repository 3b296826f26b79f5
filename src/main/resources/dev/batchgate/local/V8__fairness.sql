-- How slots are shared where it is not priority and acceptance alone, for whoever goes on with it, or checks it.
ALTER TABLE run ADD COLUMN fair_share   INTEGER NOT NULL DEFAULT 0; -- 1: keys took turns
ALTER TABLE run ADD COLUMN aging_micros INTEGER;                    -- how long ago somebody was accepted who was lifted; null: nobody was

-- Of dispatches that were given by turns, or to whoever had waited for long; null of all others. They tell it also of ingestions
-- that have been deleted.
ALTER TABLE dispatch ADD COLUMN owner      TEXT;    -- name of the key; null: none
ALTER TABLE dispatch ADD COLUMN created_at INTEGER; -- when its ingestion was accepted
ALTER TABLE dispatch ADD COLUMN turn       INTEGER; -- where keys took turns: in which rank it was this one's, 0 HIGH, 1 MEDIUM, 2 LOW
CREATE INDEX dispatch_by_turn ON dispatch (turn, owner, slot) WHERE turn IS NOT NULL;
