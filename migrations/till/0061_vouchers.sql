-- Vouchers that were sold, and what is left on them.
CREATE TABLE vouchers (
    code TEXT PRIMARY KEY,
    issued TEXT NOT NULL,
    expires TEXT,
    worth INTEGER NOT NULL,
    remaining INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
