-- How whoever ordered is reached, of open orders only. In no journal entry: it goes when the order is settled.
CREATE TABLE contacts (
    order_id BLOB PRIMARY KEY,
    phone TEXT NOT NULL,
    address TEXT NOT NULL
) STRICT, WITHOUT ROWID;
