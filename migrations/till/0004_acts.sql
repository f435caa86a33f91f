-- What reports need besides sales.

-- Acts that cost money or trust: voids, discounts, drawer openings, counts and the like, as
-- domain::act reads them out of the journal. `entry` is the journal entry, `place` the place within
-- it, since a sale may hold several discounts.
CREATE TABLE acts (
    entry INTEGER NOT NULL,
    place INTEGER NOT NULL,
    kind TEXT NOT NULL,
    business_date TEXT NOT NULL,
    register INTEGER NOT NULL,
    shift BLOB,
    at_ms INTEGER NOT NULL,
    at_offset INTEGER NOT NULL,
    staff BLOB,
    -- A second person who has to do with it.
    other BLOB,
    -- The order it is about.
    for_order BLOB,
    what TEXT NOT NULL,
    reason TEXT NOT NULL,
    -- 1; -1 where it takes another one back.
    count INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    PRIMARY KEY (entry, place)
) STRICT, WITHOUT ROWID;

CREATE INDEX acts_by_date ON acts (business_date);
CREATE INDEX acts_by_shift ON acts (shift);

-- A report of one shift finds its sales by it: dates may have jumped with the clock.
CREATE INDEX sales_by_shift ON sales (shift);

-- Guests, and how long orders were open, for averages by guest, table and hour.
ALTER TABLE day_sums ADD COLUMN covers INTEGER NOT NULL DEFAULT 0;
ALTER TABLE day_sums ADD COLUMN open_ms INTEGER NOT NULL DEFAULT 0;
