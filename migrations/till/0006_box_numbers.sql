-- Numbers that the box gives out whichever register asks: those of its orders.
CREATE TABLE box_numbers (
    series TEXT PRIMARY KEY,
    last INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO box_numbers
SELECT 'order', CAST(body AS TEXT) ->> '$.event.order.number' FROM journal
WHERE CAST(body AS TEXT) ->> '$.event.kind' = 'order-opened' ORDER BY id DESC LIMIT 1;

ALTER TABLE registers DROP COLUMN order_number;
