-- What a station has done, the last first.
CREATE INDEX kitchen_tickets_done ON kitchen_tickets (station, bumped_ms) WHERE bumped_ms IS NOT NULL;
