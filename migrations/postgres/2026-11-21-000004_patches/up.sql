-- Proposals received ('in') and those of our people to datasets elsewhere ('out').
-- name and email are private: protocol cannot name them, and they never leave this instance.
CREATE TABLE patches (
    id TEXT NOT NULL PRIMARY KEY,
    dataset BIGINT NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
    uid TEXT NOT NULL,
    direction TEXT NOT NULL,
    status TEXT NOT NULL,
    proposer TEXT,
    proposer_host TEXT COLLATE "C" NOT NULL,
    visitor TEXT,
    name TEXT,
    email TEXT,
    summary TEXT,
    schema_hash BYTEA NOT NULL,
    nonce BYTEA,
    digest BYTEA NOT NULL,
    ops TEXT NOT NULL,
    applied TEXT,
    reason TEXT,
    report TEXT,
    result_seq BIGINT,
    result_entry BYTEA,
    created BIGINT NOT NULL,
    updated BIGINT NOT NULL,
    decided_at BIGINT,
    decided_by TEXT,
    token_hash BYTEA UNIQUE,
    offer_id TEXT,
    answer TEXT
);
CREATE UNIQUE INDEX patches_digest ON patches (dataset, digest, direction);
CREATE INDEX patches_status ON patches (dataset, status, created);
CREATE INDEX patches_pending ON patches (status, created);
CREATE INDEX patches_proposer ON patches (proposer, status);
CREATE INDEX patches_host ON patches (proposer_host, status);
CREATE INDEX patches_offer ON patches (offer_id);

-- Every digest that a patch ever had; the current one is on the patch.
CREATE TABLE patch_digests (
    dataset BIGINT NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
    digest BYTEA NOT NULL,
    patch TEXT NOT NULL REFERENCES patches (id) ON DELETE CASCADE,
    PRIMARY KEY (dataset, digest)
);
CREATE INDEX patch_digests_patch ON patch_digests (patch);

-- Undos that came before their Offer, which they undo when it comes (protocol.md §4).
CREATE TABLE undone_offers (
    offer_id TEXT NOT NULL,
    actor TEXT NOT NULL,
    received BIGINT NOT NULL,
    PRIMARY KEY (offer_id, actor)
);
CREATE INDEX undone_offers_received ON undone_offers (received);
