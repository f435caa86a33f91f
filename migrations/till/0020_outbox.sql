-- What goes to the backend and what came back. `outbox` and `enrolments` are projections;
-- `deliveries`, `backend` and `catalogues` are kept.

-- Bundles of closed shifts, frozen in the transaction of the close (see wire::bundle). The journal
-- entries they carry stay where they are.
CREATE TABLE outbox (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    register INTEGER NOT NULL,
    -- Gap-free on its register, from 1.
    seq INTEGER NOT NULL,
    kind TEXT NOT NULL,
    -- The frozen bytes of the bundle's first line, and their SHA-256.
    head BLOB NOT NULL,
    sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
    -- The last journal entry it carries.
    last INTEGER NOT NULL,
    last_hash BLOB NOT NULL CHECK (length(last_hash) = 32),
    business_date TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    at_offset INTEGER NOT NULL,
    -- What the backend answered, as it came; null until then.
    acknowledgement TEXT,
    UNIQUE (register, seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX outbox_unsent ON outbox (register, seq) WHERE acknowledgement IS NULL;

-- The backend that each register reports to.
CREATE TABLE enrolments (
    register INTEGER PRIMARY KEY,
    server TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;

-- How sending a bundle went so far. A row may outlive a rebuild of the outbox.
CREATE TABLE deliveries (
    bundle BLOB PRIMARY KEY CHECK (length(bundle) = 16),
    attempts INTEGER NOT NULL,
    -- The last trouble, in words.
    trouble TEXT NOT NULL,
    -- Whether it waits for people and the others go on without it.
    set_aside INTEGER NOT NULL,
    changed_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Until when the backend is left in peace, and why; and the last of what it said about what can be had.
CREATE TABLE backend (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    failures INTEGER NOT NULL DEFAULT 0,
    next_ms INTEGER NOT NULL DEFAULT 0,
    why TEXT NOT NULL DEFAULT '',
    heard INTEGER NOT NULL DEFAULT 0
) STRICT;

INSERT INTO backend (only) VALUES (1);

-- Versions of the catalogue that came down.
CREATE TABLE catalogues (
    version INTEGER PRIMARY KEY,
    effective TEXT NOT NULL,
    -- The bytes that the backend signed.
    bytes BLOB NOT NULL,
    received_ms INTEGER NOT NULL,
    -- `waiting` for its date and for shifts to end, `applied`, taken `back`, or `passed` over by a newer one.
    state TEXT NOT NULL CHECK (state IN ('waiting', 'applied', 'back', 'passed')),
    -- The menu that it replaced: what a roll-back puts back.
    before BLOB
) STRICT;
