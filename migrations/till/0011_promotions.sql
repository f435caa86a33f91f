-- What promotions have taken off so far (open orders included), and which are switched off.
CREATE TABLE promotions (
    code TEXT PRIMARY KEY,
    used INTEGER NOT NULL,
    off INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
