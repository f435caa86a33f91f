-- Wrong PINs in a row where a second person's was asked for, and when the last one was.
ALTER TABLE registers ADD COLUMN override_failures INTEGER NOT NULL DEFAULT 0;
ALTER TABLE registers ADD COLUMN override_failed_ms INTEGER NOT NULL DEFAULT 0;
