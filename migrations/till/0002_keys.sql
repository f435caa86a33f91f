-- The public half of each register's key, as the journal last had it; in hex.
ALTER TABLE registers ADD COLUMN key TEXT;
