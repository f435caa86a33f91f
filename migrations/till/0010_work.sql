-- Working time: one row for each time at work, as it stands now.
CREATE TABLE work (
    id BLOB PRIMARY KEY,
    staff BLOB NOT NULL,
    business_date TEXT NOT NULL,
    -- 1 while the person is at work.
    open INTEGER NOT NULL,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX work_by_date ON work (business_date);
CREATE INDEX work_open ON work (staff) WHERE open = 1;

-- Badges, as tags that only the pepper beside the database can make; kept like `credentials`, and
-- never in the journal.
CREATE TABLE badges (
    tag BLOB PRIMARY KEY CHECK (length(tag) = 32),
    staff BLOB NOT NULL
) STRICT, WITHOUT ROWID;
