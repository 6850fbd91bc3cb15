-- The current rows. Commitments of cells are not stored: value and salt give them back in a microsecond.
-- `salts` names the cells whose salt does not derive from `op_salt` (all of them where that is null);
-- `gone` holds the commitments of erased cells. lat and lon are a projection written by the caller.
CREATE TABLE rows (
    id INTEGER NOT NULL PRIMARY KEY,
    dataset INTEGER NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
    row_id BLOB NOT NULL,
    order_key TEXT NOT NULL,
    bucket INTEGER NOT NULL,
    row_hash BLOB NOT NULL,
    cells BLOB NOT NULL,
    op_salt BLOB,
    salts BLOB,
    gone BLOB,
    added_seq INTEGER NOT NULL,
    lat REAL,
    lon REAL
) STRICT;
-- The bucket is a function of the row id, so one index finds a row and walks the tree's order.
CREATE UNIQUE INDEX rows_row_id ON rows (dataset, bucket, row_id);
CREATE INDEX rows_order ON rows (dataset, order_key, row_id);
CREATE INDEX rows_place ON rows (dataset, lat, lon) WHERE lat IS NOT NULL;

-- Words of the cells, folded by the store, so the tokenizer has only to split at spaces. Contentless: the values
-- stand in `rows` alone. The first word of each document names its dataset.
CREATE VIRTUAL TABLE rows_search USING fts5 (
    words,
    tokenize = 'ascii',
    detail = none,
    content = '',
    contentless_delete = 1
);
-- Parts of the index are merged sixteen at a time rather than four, so a change of one row rewrites less; words of
-- an import are gathered up to 2 MiB rather than one. That counts a few bytes per word, while each new word takes
-- 160 in memory: with 8 MiB an import held tens of MiB more and was no faster.
INSERT INTO rows_search (rows_search, rank) VALUES ('automerge', 0);
INSERT INTO rows_search (rows_search, rank) VALUES ('hashsize', 2097152);

-- Which entries touched a row after the one that added it.
CREATE TABLE row_changes (
    dataset INTEGER NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
    row_id BLOB NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (dataset, row_id, seq)
) STRICT, WITHOUT ROWID;

-- The state tree in pages of sixteen hashes; only pages that are not empty are stored.
CREATE TABLE tree_pages (
    dataset INTEGER NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
    depth INTEGER NOT NULL,
    prefix INTEGER NOT NULL,
    hashes BLOB NOT NULL,
    PRIMARY KEY (dataset, depth, prefix)
) STRICT, WITHOUT ROWID;

-- Fields with an index of their own, made on demand.
CREATE TABLE field_indexes (
    dataset INTEGER NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
    field TEXT NOT NULL,
    numeric INTEGER NOT NULL,
    created INTEGER NOT NULL,
    PRIMARY KEY (dataset, field, numeric)
) STRICT;
