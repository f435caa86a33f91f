-- Who is at the till of each register, so that its drawer is known to be active, open or closed.
ALTER TABLE registers ADD COLUMN signed_in BLOB;

-- The business date on which a ticket was sent, so that speed of service is read for the days of a report.
ALTER TABLE kitchen_tickets ADD COLUMN business_date TEXT NOT NULL DEFAULT '';
CREATE INDEX kitchen_tickets_by_date ON kitchen_tickets (business_date);

-- A sale is found again by what was paid, over years of sales.
CREATE INDEX sales_by_paid ON sales (total + rounding);
