-- What hosts are called together, for rules that speak of several at once.
CREATE TABLE peer_groups (
    name TEXT NOT NULL,
    host TEXT NOT NULL,
    PRIMARY KEY (name, host)
) STRICT;
CREATE INDEX peer_groups_host ON peer_groups (host);

-- What we know of a host beside the agreement with it.
CREATE TABLE peer_facts (
    host TEXT NOT NULL PRIMARY KEY,
    -- When it last spoke to us, and when it last took something from us.
    heard_at INTEGER,
    reached_at INTEGER,
    -- When it was last asked about itself, and from when on it is to be asked again.
    looked_at INTEGER,
    due_at INTEGER NOT NULL,
    -- What it said, as JSON, and why it said nothing at the last look.
    about TEXT,
    error TEXT
) STRICT;
CREATE INDEX peer_facts_due ON peer_facts (due_at);

-- The datasets that a host says it publishes; listed, not copied.
CREATE TABLE peer_datasets (
    host TEXT NOT NULL,
    name TEXT NOT NULL,
    url TEXT NOT NULL,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    license TEXT,
    row_count INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    entry BLOB,
    seen_at INTEGER NOT NULL,
    PRIMARY KEY (host, name)
) STRICT;

-- Copies that are to be made as soon as there is a peering.
CREATE TABLE peer_wishes (
    host TEXT NOT NULL,
    name TEXT NOT NULL,
    error TEXT,
    PRIMARY KEY (host, name)
) STRICT;

-- How far the copies of our own datasets are elsewhere, as their hosts say.
CREATE TABLE replica_heads (
    dataset INTEGER NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
    host TEXT NOT NULL,
    seq INTEGER,
    entry BLOB,
    error TEXT,
    looked_at INTEGER NOT NULL,
    PRIMARY KEY (dataset, host)
) STRICT;

-- Lists of domains that somebody else would block. What they say is proposed, never applied.
CREATE TABLE block_lists (
    id INTEGER NOT NULL PRIMARY KEY,
    -- csv or fires.
    kind TEXT NOT NULL,
    -- Empty for a file that was handed in once.
    url TEXT NOT NULL,
    name TEXT NOT NULL,
    fetched_at INTEGER,
    due_at INTEGER NOT NULL,
    error TEXT,
    created INTEGER NOT NULL
) STRICT;

-- Blocks, and ends of blocks, that wait for a person. `list` is 0 for those made by hand.
CREATE TABLE block_drafts (
    id INTEGER NOT NULL PRIMARY KEY,
    domain TEXT NOT NULL,
    list INTEGER NOT NULL,
    -- block or unblock.
    action TEXT NOT NULL,
    reason TEXT NOT NULL,
    -- waiting, applied or dismissed.
    state TEXT NOT NULL,
    created INTEGER NOT NULL,
    UNIQUE (domain, list)
) STRICT;
CREATE INDEX block_drafts_list ON block_drafts (list, state);
CREATE INDEX block_drafts_state ON block_drafts (state, domain);
