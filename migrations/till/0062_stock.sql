-- Goods in stock by the books, and what happened to them on each day.
CREATE TABLE stock (
    good TEXT PRIMARY KEY,
    there INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE stock_days (
    good TEXT NOT NULL,
    business_date TEXT NOT NULL,
    kind TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    PRIMARY KEY (good, business_date, kind)
) STRICT, WITHOUT ROWID;
