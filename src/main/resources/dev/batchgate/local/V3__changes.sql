-- Numbers what becomes of dispatches, so that whoever watches them can go on where it was cut off.

CREATE TABLE change (                         -- one row
    last INTEGER NOT NULL                     -- the greatest number that was ever given
);
INSERT INTO change (last) VALUES (0);

-- Of what happened to it last: it began, or it ended. Null if that was before anything was numbered.
ALTER TABLE dispatch ADD COLUMN change INTEGER;
CREATE UNIQUE INDEX dispatch_by_change ON dispatch (change) WHERE change IS NOT NULL;

CREATE TRIGGER dispatch_begins AFTER INSERT ON dispatch BEGIN
    UPDATE change SET last = last + 1;
    UPDATE dispatch SET change = (SELECT last FROM change) WHERE slot = NEW.slot;
END;

CREATE TRIGGER dispatch_ends AFTER UPDATE OF outcome ON dispatch WHEN OLD.outcome IS NOT NEW.outcome BEGIN
    UPDATE change SET last = last + 1;
    UPDATE dispatch SET change = (SELECT last FROM change) WHERE slot = NEW.slot;
END;
