-- The print spool in full: tickets of stations, what waits for a person, what went to another
-- printer; and how each printer is, for every session of the box. A job's bytes stand apart from its
-- state, which changes often: a change of state writes a few bytes and not the whole job again.

CREATE TABLE job_bytes (
    job INTEGER PRIMARY KEY,
    bytes BLOB NOT NULL,
    sha256 BLOB NOT NULL CHECK (length(sha256) = 32)
) STRICT;

INSERT INTO job_bytes SELECT id, bytes, sha256 FROM jobs;

-- The document of a job, for another printer, until it came out; none when it prints nothing.
CREATE TABLE job_documents (
    job INTEGER PRIMARY KEY,
    body TEXT NOT NULL
) STRICT;

CREATE TABLE spool (
    id INTEGER PRIMARY KEY,
    printer TEXT NOT NULL,
    register INTEGER NOT NULL,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    pulses_drawer INTEGER NOT NULL,
    -- The station whose ticket it is.
    station TEXT,
    -- The job of another printer that this one replaces.
    instead_of INTEGER,
    -- Whether a person asked for it although it was old.
    released INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN
        ('queued', 'sending', 'confirmed', 'unconfirmed', 'unknown', 'stale', 'failed', 'cancelled')),
    attempts INTEGER NOT NULL,
    queued_ms INTEGER NOT NULL,
    queued_offset INTEGER NOT NULL,
    changed_ms INTEGER NOT NULL,
    changed_offset INTEGER NOT NULL,
    detail TEXT NOT NULL
) STRICT;

INSERT INTO spool SELECT id, printer, register, kind, title, pulses_drawer, NULL, NULL, 0, state, attempts,
    queued_ms, queued_offset, changed_ms, changed_offset, detail FROM jobs;
DROP TABLE jobs;
ALTER TABLE spool RENAME TO jobs;

-- Jobs that somebody or something still has to see to: always few.
CREATE INDEX jobs_open ON jobs (printer, id)
WHERE state IN ('queued', 'sending', 'unknown', 'stale', 'failed');

-- How each printer was when its worker last looked.
CREATE TABLE printers (
    printer TEXT PRIMARY KEY,
    -- What is wrong, in a word or two; null when all is well.
    trouble TEXT,
    changed_ms INTEGER NOT NULL,
    changed_offset INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
