-- Tips that were changed after their sales were settled, each with what it is from then on.
CREATE TABLE tip_changes (
    entry INTEGER PRIMARY KEY,
    sale BLOB NOT NULL,
    payment BLOB NOT NULL,
    shift BLOB,
    tip INTEGER NOT NULL
) STRICT;
CREATE INDEX tip_changes_of_payment ON tip_changes (payment, entry);
CREATE INDEX tip_changes_of_sale ON tip_changes (sale, entry);
CREATE INDEX tip_changes_of_shift ON tip_changes (shift, entry);
