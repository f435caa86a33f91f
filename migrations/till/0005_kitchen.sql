-- Kitchen tickets by station and number, gap-free. What is on one is the journal entry's. A projection.
CREATE TABLE kitchen_tickets (
    station TEXT NOT NULL,
    number INTEGER NOT NULL,
    -- The journal entry that sent it.
    entry INTEGER NOT NULL,
    sent_ms INTEGER NOT NULL,
    -- When it was done, where a screen says so.
    bumped_ms INTEGER,
    PRIMARY KEY (station, number)
) STRICT, WITHOUT ROWID;

-- What a station still has to make.
CREATE INDEX kitchen_tickets_open ON kitchen_tickets (station, sent_ms) WHERE bumped_ms IS NULL;
