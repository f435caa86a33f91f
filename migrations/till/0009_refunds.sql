-- Refunds: documents of their own, numbered in a series of their own.
ALTER TABLE registers ADD COLUMN refund INTEGER NOT NULL DEFAULT 0;
ALTER TABLE registers ADD COLUMN grand_refunds INTEGER NOT NULL DEFAULT 0;
ALTER TABLE registers ADD COLUMN grand_refunded INTEGER NOT NULL DEFAULT 0;

-- One row for each refund; the document itself is the journal entry of the same number.
CREATE TABLE refunds (
    entry INTEGER PRIMARY KEY,
    id BLOB NOT NULL,
    register INTEGER NOT NULL,
    number INTEGER NOT NULL,
    -- The sale it is of; none where there was no receipt.
    sale BLOB,
    shift BLOB NOT NULL,
    business_date TEXT NOT NULL,
    refunded_ms INTEGER NOT NULL,
    staff BLOB NOT NULL,
    reason TEXT NOT NULL,
    net INTEGER NOT NULL,
    tax INTEGER NOT NULL,
    total INTEGER NOT NULL,
    rounding INTEGER NOT NULL,
    training INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX refunds_by_number ON refunds (register, number);
CREATE INDEX refunds_by_sale ON refunds (sale) WHERE sale IS NOT NULL;
CREATE INDEX refunds_by_date ON refunds (business_date);
