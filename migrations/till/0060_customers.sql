-- Customers. What the books know of them is a projection; who they are is kept apart from the journal, and
-- goes away when somebody is forgotten.
CREATE TABLE accounts (
    customer BLOB PRIMARY KEY CHECK (length(customer) = 16),
    number INTEGER NOT NULL,
    -- How much may be owed; null: nothing may be charged.
    credit INTEGER,
    owes INTEGER NOT NULL,
    forgotten INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What was charged to house accounts, and what was paid on them.
CREATE TABLE account_moves (
    entry INTEGER NOT NULL,
    place INTEGER NOT NULL,
    customer BLOB NOT NULL,
    business_date TEXT NOT NULL,
    what TEXT NOT NULL,
    amount INTEGER NOT NULL,
    PRIMARY KEY (entry, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX account_moves_of ON account_moves (customer, entry);

-- No projection: nothing can bring these rows back.
CREATE TABLE people (
    customer BLOB PRIMARY KEY CHECK (length(customer) = 16),
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;

ALTER TABLE sales ADD COLUMN customer BLOB;
CREATE INDEX sales_of_customer ON sales (customer, entry) WHERE customer IS NOT NULL;
