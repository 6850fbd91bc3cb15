DROP TABLE succession_votes;
DROP TABLE successors;
DROP TABLE copy_holders;
DROP TABLE dataset_aliases;
ALTER TABLE replica_states DROP COLUMN silent_since;
