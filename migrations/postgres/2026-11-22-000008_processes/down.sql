ALTER TABLE replica_states DROP COLUMN attempted_by;
ALTER TABLE replica_states DROP COLUMN redact_seq;
ALTER TABLE replica_states DROP COLUMN hinted_seq;
ALTER TABLE outbox DROP COLUMN holder;
ALTER TABLE inbox DROP COLUMN holder;
