-- The journal, what is derived from it, the print spool, and PINs.
-- `journal`, `box`, `jobs` and `credentials` are kept; every other table is a projection that
-- `counterflow verify --rebuild` fills again from the journal alone.

-- This box. One row.
CREATE TABLE box (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    id BLOB NOT NULL CHECK (length(id) = 16),
    pin_salt BLOB NOT NULL CHECK (length(pin_salt) = 16),
    -- The version of the program that made or last migrated this store.
    program TEXT NOT NULL
) STRICT;

-- Everything that ever happened. `id` is the order of recording over all registers, `seq` the
-- gap-free number within one register's stream, `body` the exact bytes that were hashed.
CREATE TABLE journal (
    id INTEGER PRIMARY KEY,
    register INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    body BLOB NOT NULL,
    UNIQUE (register, seq)
) STRICT;

CREATE TRIGGER journal_is_never_updated BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is never changed'); END;

CREATE TRIGGER journal_is_never_deleted BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is never deleted from'); END;

-- Also stops INSERT OR REPLACE, which deletes without firing the trigger above.
CREATE TRIGGER journal_is_only_appended_to BEFORE INSERT ON journal
WHEN NEW.id <> (SELECT coalesce(max(id), 0) + 1 FROM journal)
  OR NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM journal WHERE register = NEW.register)
BEGIN SELECT RAISE(ABORT, 'the journal is only appended to, without gaps'); END;

-- Projections -----------------------------------------------------------------------------------

-- The head of each register's stream and the last numbers it gave out.
CREATE TABLE registers (
    register INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL,
    head BLOB NOT NULL,
    receipt INTEGER NOT NULL,
    order_number INTEGER NOT NULL,
    shift_number INTEGER NOT NULL,
    z_number INTEGER NOT NULL,
    -- Sums over the register's life, up to its last Z.
    grand_sales INTEGER NOT NULL,
    grand_total INTEGER NOT NULL,
    -- Wrong PINs in a row, and when the last one was.
    failures INTEGER NOT NULL,
    failed_ms INTEGER NOT NULL,
    -- The journal entry of the last sale.
    last_sale INTEGER
) STRICT;

CREATE TABLE shifts (
    id BLOB PRIMARY KEY,
    register INTEGER NOT NULL,
    number INTEGER NOT NULL,
    business_date TEXT NOT NULL,
    -- The shift with its sums.
    body TEXT NOT NULL,
    -- The journal entry of its Z, once it is closed.
    z INTEGER,
    UNIQUE (register, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE staff (
    id BLOB PRIMARY KEY,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    active INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE open_orders (
    id BLOB PRIMARY KEY,
    register INTEGER NOT NULL,
    number INTEGER NOT NULL,
    version INTEGER NOT NULL,
    -- The order, whole.
    body TEXT NOT NULL
) STRICT;

-- One row for each sale; the document itself is the journal entry of the same number.
CREATE TABLE sales (
    entry INTEGER PRIMARY KEY,
    id BLOB NOT NULL,
    register INTEGER NOT NULL,
    receipt INTEGER NOT NULL,
    number INTEGER NOT NULL,
    shift BLOB NOT NULL,
    business_date TEXT NOT NULL,
    -- The hour on the wall when it was settled, 0 to 23.
    hour INTEGER NOT NULL,
    completed_ms INTEGER NOT NULL,
    staff BLOB NOT NULL,
    server BLOB NOT NULL,
    order_type TEXT NOT NULL,
    covers INTEGER,
    gross INTEGER NOT NULL,
    discount INTEGER NOT NULL,
    net INTEGER NOT NULL,
    tax INTEGER NOT NULL,
    total INTEGER NOT NULL,
    rounding INTEGER NOT NULL,
    tips INTEGER NOT NULL,
    imported INTEGER NOT NULL,
    training INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX sales_by_receipt ON sales (register, receipt) WHERE imported = 0;
CREATE INDEX sales_by_date ON sales (business_date);

CREATE TABLE sale_lines (
    sale INTEGER NOT NULL,
    line INTEGER NOT NULL,
    item TEXT NOT NULL,
    name TEXT NOT NULL,
    category TEXT NOT NULL,
    -- Thousandths of a piece, or grams.
    quantity INTEGER NOT NULL,
    gross INTEGER NOT NULL,
    -- The line's own and its share of the order's.
    discount INTEGER NOT NULL,
    net INTEGER NOT NULL,
    tax INTEGER NOT NULL,
    total INTEGER NOT NULL,
    void INTEGER NOT NULL,
    PRIMARY KEY (sale, line)
) STRICT, WITHOUT ROWID;

CREATE TABLE sale_payments (
    sale INTEGER NOT NULL,
    place INTEGER NOT NULL,
    tender TEXT NOT NULL,
    amount INTEGER NOT NULL,
    tendered INTEGER NOT NULL,
    change INTEGER NOT NULL,
    tip INTEGER NOT NULL,
    rounding INTEGER NOT NULL,
    PRIMARY KEY (sale, place)
) STRICT, WITHOUT ROWID;

-- What sales came to by business date and by item, hour, tender and so on (see domain::day_sum).
CREATE TABLE day_sums (
    kind TEXT NOT NULL,
    business_date TEXT NOT NULL,
    register INTEGER NOT NULL,
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    count INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    gross INTEGER NOT NULL,
    discount INTEGER NOT NULL,
    net INTEGER NOT NULL,
    tax INTEGER NOT NULL,
    total INTEGER NOT NULL,
    tips INTEGER NOT NULL,
    cost INTEGER NOT NULL,
    net_with_cost INTEGER NOT NULL,
    PRIMARY KEY (kind, business_date, register, key)
) STRICT, WITHOUT ROWID;

-- The menu as it stands. `position` is the place in the menu's own order.
CREATE TABLE menu (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    currency TEXT NOT NULL,
    digest TEXT NOT NULL
) STRICT;

CREATE TABLE categories (
    code TEXT PRIMARY KEY,
    position INTEGER NOT NULL,
    body TEXT NOT NULL
) STRICT;

CREATE TABLE modifier_groups (
    code TEXT PRIMARY KEY,
    position INTEGER NOT NULL,
    body TEXT NOT NULL
) STRICT;

CREATE TABLE items (
    code TEXT PRIMARY KEY,
    position INTEGER NOT NULL,
    body TEXT NOT NULL
) STRICT;

CREATE TABLE barcodes (
    barcode TEXT PRIMARY KEY,
    item TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX barcodes_by_item ON barcodes (item);

CREATE TABLE pages (
    position INTEGER PRIMARY KEY,
    body TEXT NOT NULL
) STRICT;

-- What is sold out (`left` is null) or counted (thousandths left).
CREATE TABLE availability (
    item TEXT PRIMARY KEY,
    left INTEGER
) STRICT, WITHOUT ROWID;

-- Kept beside the journal -----------------------------------------------------------------------

-- Documents on their way to a printer.
CREATE TABLE jobs (
    id INTEGER PRIMARY KEY,
    printer TEXT NOT NULL,
    register INTEGER NOT NULL,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    bytes BLOB NOT NULL,
    sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
    -- What goes before the bytes once a person has sent the job again.
    mark BLOB,
    pulses_drawer INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN
        ('queued', 'sending', 'confirmed', 'unconfirmed', 'unknown', 'failed', 'cancelled')),
    attempts INTEGER NOT NULL,
    queued_ms INTEGER NOT NULL,
    queued_offset INTEGER NOT NULL,
    changed_ms INTEGER NOT NULL,
    changed_offset INTEGER NOT NULL,
    detail TEXT NOT NULL
) STRICT;

-- Jobs that somebody or something still has to see to: always few.
CREATE INDEX jobs_open ON jobs (printer, id)
WHERE state IN ('queued', 'sending', 'unknown', 'failed');

-- PINs, as tags that only the pepper beside the database can make. Never in the journal.
CREATE TABLE credentials (
    staff BLOB PRIMARY KEY,
    tag BLOB NOT NULL UNIQUE CHECK (length(tag) = 32)
) STRICT, WITHOUT ROWID;
