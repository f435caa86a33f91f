-- Points and stamps of customers, by scheme.
CREATE TABLE points (
    customer BLOB NOT NULL,
    scheme TEXT NOT NULL,
    balance INTEGER NOT NULL,
    PRIMARY KEY (customer, scheme)
) STRICT, WITHOUT ROWID;
