CREATE TABLE quota (                           -- one row for each key whose ids a minute are limited
    owner      TEXT    PRIMARY KEY,           -- its name
    used_until INTEGER NOT NULL               -- when all that is used up of a minute's ids will have come back
) WITHOUT ROWID;
