DROP TABLE notes;
DROP TABLE redactions;
DROP TABLE forks;
DROP TABLE bodies;
DROP TABLE entries;
DROP TABLE replicas;
DROP TABLE replica_states;
DROP TABLE datasets;
