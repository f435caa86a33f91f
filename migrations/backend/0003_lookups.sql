-- Answers under an Idempotency-Key are forgotten after a while: the oldest are found without looking at the others.
CREATE INDEX idempotency_by_age ON idempotency (created);

-- A credential says who it is, and not yet whose: each request begins by finding it.
CREATE INDEX terminals_by_id ON terminals (terminal_id);
CREATE INDEX tokens_by_digest ON tokens (token_sha256);
CREATE INDEX enrolment_codes_by_digest ON enrolment_codes (code_sha256);

-- Closed shifts are listed by their date.
CREATE INDEX bundles_by_date ON bundles (tenant_id, business_date, bundle_id);

-- What came gzipped does not become smaller by a second try.
ALTER TABLE bundles ALTER COLUMN bytes SET STORAGE EXTERNAL;
