-- One row per dataset that lives here or is copied here; `host` is empty for our own.
-- `rows_version` grows with every change of rows, so that what was computed from them can be kept.
CREATE TABLE datasets (
    id INTEGER NOT NULL PRIMARY KEY,
    uid TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    host TEXT NOT NULL,
    url TEXT NOT NULL,
    genesis BLOB NOT NULL,
    seq INTEGER NOT NULL,
    entry BLOB NOT NULL,
    state BLOB NOT NULL,
    chain TEXT NOT NULL,
    schema TEXT NOT NULL,
    schema_hash BLOB NOT NULL,
    policy TEXT,
    audience TEXT NOT NULL,
    title TEXT NOT NULL,
    license TEXT,
    row_count INTEGER NOT NULL,
    rows_version INTEGER NOT NULL,
    status TEXT NOT NULL,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    UNIQUE (host, name)
) STRICT;
CREATE INDEX datasets_url ON datasets (url);

-- How our copy of a dataset of others stands (protocol.md §3.6).
CREATE TABLE replica_states (
    dataset INTEGER NOT NULL PRIMARY KEY REFERENCES datasets (id) ON DELETE CASCADE,
    state TEXT NOT NULL,
    origin_seq INTEGER,
    origin_entry BLOB,
    confirmed_at INTEGER,
    source TEXT,
    bodies_from INTEGER NOT NULL,
    cursor TEXT,
    error TEXT,
    updated INTEGER NOT NULL
) STRICT;

-- The instances that copy a dataset of ours; only the listed ones are shown.
CREATE TABLE replicas (
    dataset INTEGER NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
    host TEXT NOT NULL,
    actor TEXT NOT NULL,
    inbox TEXT NOT NULL,
    listed INTEGER NOT NULL,
    accepted_at INTEGER NOT NULL,
    PRIMARY KEY (dataset, host)
) STRICT;

-- Headers are kept as received: they are signed text. Bodies stand apart, because values may be erased.
CREATE TABLE entries (
    dataset INTEGER NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    kind TEXT NOT NULL,
    time INTEGER NOT NULL,
    header TEXT NOT NULL,
    entry BLOB NOT NULL,
    PRIMARY KEY (dataset, seq)
) STRICT;

-- codec 0: the JSON text as it is; 1: zstd.
CREATE TABLE bodies (
    dataset INTEGER NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    codec INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (dataset, seq)
) STRICT;

-- Rival headers: two valid entries of one seq (protocol.md §3.6, Fork).
CREATE TABLE forks (
    dataset INTEGER NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    entry BLOB NOT NULL,
    header TEXT NOT NULL,
    source TEXT NOT NULL,
    seen INTEGER NOT NULL,
    PRIMARY KEY (dataset, seq, entry)
) STRICT;

-- What redact headers took away: a commitment, or the meta of an entry; `seq` is the redact's own.
CREATE TABLE redactions (
    id INTEGER NOT NULL PRIMARY KEY,
    dataset INTEGER NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
    commitment BLOB,
    row_id BLOB,
    field TEXT,
    meta_seq INTEGER,
    seq INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX redactions_cell ON redactions (dataset, row_id, field, commitment) WHERE commitment IS NOT NULL;
CREATE UNIQUE INDEX redactions_meta ON redactions (dataset, meta_seq) WHERE meta_seq IS NOT NULL;

CREATE TABLE notes (
    id TEXT NOT NULL PRIMARY KEY,
    dataset INTEGER NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
    content TEXT NOT NULL,
    from_seq INTEGER NOT NULL,
    to_seq INTEGER NOT NULL,
    published INTEGER NOT NULL
) STRICT;
CREATE INDEX notes_dataset ON notes (dataset, published);
