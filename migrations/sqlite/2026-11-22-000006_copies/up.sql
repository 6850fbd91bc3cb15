-- The instance that the operator named to copy from, apart from the one that served last; and the bytes of headers and
-- bodies taken so far, which a limit bounds. What was copied before is counted as it is stored.
ALTER TABLE replica_states ADD COLUMN named_source TEXT;
ALTER TABLE replica_states ADD COLUMN log_bytes INTEGER NOT NULL DEFAULT 0;
UPDATE replica_states SET log_bytes =
    (SELECT COALESCE(SUM(LENGTH(CAST(header AS BLOB))), 0) FROM entries WHERE entries.dataset = replica_states.dataset)
    + (SELECT COALESCE(SUM(LENGTH(body)), 0) FROM bodies WHERE bodies.dataset = replica_states.dataset);

-- What bodies lack although no known redact header names it: a cell, or the meta of the entry where there is no row.
CREATE TABLE missing (
    id INTEGER NOT NULL PRIMARY KEY,
    dataset INTEGER NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    row_id BLOB,
    field TEXT,
    commitment BLOB
) STRICT;
CREATE INDEX missing_seq ON missing (dataset, seq);
CREATE INDEX missing_cell ON missing (dataset, row_id) WHERE row_id IS NOT NULL;
