-- Whether the drawer that hangs on a printer stands open, as far as the printer tells.
ALTER TABLE printers ADD COLUMN drawer_open INTEGER NOT NULL DEFAULT 0;

-- Printers of which somebody said that they may go on after an error; their worker takes them out.
CREATE TABLE printer_recoveries (printer TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
