DROP TABLE missing;
ALTER TABLE replica_states DROP COLUMN log_bytes;
ALTER TABLE replica_states DROP COLUMN named_source;
