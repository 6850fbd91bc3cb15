-- What is left when an origin vanishes (protocol.md §5, "Dead origin"; §3.3, "Move").
-- Since when the origin of a copy has not answered; NULL where it answered last.
ALTER TABLE replica_states ADD COLUMN silent_since BIGINT;

-- Under which addresses a dataset was known before it moved; `host` is empty where it was ours.
CREATE TABLE dataset_aliases (
    host TEXT NOT NULL,
    name TEXT NOT NULL,
    dataset BIGINT NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
    since BIGINT NOT NULL,
    PRIMARY KEY (host, name)
);
CREATE INDEX dataset_aliases_dataset ON dataset_aliases (dataset);

-- The instances that keep a copy too, as the origin named them last: it may not be there to be asked again.
CREATE TABLE copy_holders (
    dataset BIGINT NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
    host TEXT NOT NULL,
    seen BIGINT NOT NULL,
    PRIMARY KEY (dataset, host)
);

-- Datasets that say that they succeed another one without its recovery key (`forkedFrom`).
CREATE TABLE successors (
    uid TEXT NOT NULL PRIMARY KEY,
    of_uid TEXT NOT NULL,
    genesis BYTEA NOT NULL,
    url TEXT NOT NULL,
    title TEXT NOT NULL,
    from_seq BIGINT NOT NULL,
    from_entry BYTEA NOT NULL,
    told_by TEXT NOT NULL,
    seen BIGINT NOT NULL
);
CREATE INDEX successors_of ON successors (of_uid);

-- Which successor a person with the role `maintain` is for: the signed document, one a person and dataset.
CREATE TABLE succession_votes (
    of_uid TEXT NOT NULL,
    voter TEXT NOT NULL,
    successor TEXT NOT NULL,
    document TEXT NOT NULL,
    published BIGINT NOT NULL,
    PRIMARY KEY (of_uid, voter)
);
