-- Numbers what becomes of dispatches, so that whoever watches them can go on where it was cut off, at any replica. By triggers,
-- since replicas of the version before go on with the functions that they know.

-- Numbers are given while the gate is locked, so that none is seen before a smaller one.
CREATE SEQUENCE change;

-- Of what happened to it last: it began, or it ended. Null if that was before anything was numbered.
ALTER TABLE dispatch ADD COLUMN change bigint;
CREATE UNIQUE INDEX dispatch_by_change ON dispatch (change);

CREATE FUNCTION number_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.change := nextval('change');
    RETURN NEW;
END $$;

CREATE TRIGGER dispatch_begins BEFORE INSERT ON dispatch
FOR EACH ROW WHEN (NEW.outcome IS NULL) EXECUTE FUNCTION number_change();

CREATE TRIGGER dispatch_ends BEFORE UPDATE OF outcome ON dispatch
FOR EACH ROW WHEN (OLD.outcome IS DISTINCT FROM NEW.outcome) EXECUTE FUNCTION number_change();
