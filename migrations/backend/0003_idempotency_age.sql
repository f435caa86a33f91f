-- Answers under an Idempotency-Key are forgotten after a while: the oldest are found without looking at the others.
CREATE INDEX idempotency_by_age ON idempotency (created);
