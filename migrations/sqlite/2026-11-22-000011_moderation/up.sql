-- What the people of this instance keep about a proposal. Private: protocol cannot name it, and it never leaves this
-- instance.
CREATE TABLE patch_care (
    patch TEXT NOT NULL PRIMARY KEY REFERENCES patches (id) ON DELETE CASCADE,
    -- Who looks after it.
    assignee INTEGER REFERENCES users (id) ON DELETE SET NULL,
    -- What a visitor reported: gone, duplicate, wrong, charter, other.
    problem TEXT,
    -- The burst that it came in, where it was set aside.
    burst TEXT,
    -- The proposal that this one undoes.
    undoes TEXT,
    -- The entries that had added the rows which it deleted, as JSON by row.
    added TEXT,
    -- The language in which a visitor wants the answer.
    lang TEXT,
    -- When moderators were told that it expires soon.
    reminded_at INTEGER
) STRICT;
CREATE INDEX patch_care_assignee ON patch_care (assignee);
CREATE INDEX patch_care_burst ON patch_care (burst);
CREATE INDEX patch_care_undoes ON patch_care (undoes);

-- Internal notes about a proposal, for moderators only.
CREATE TABLE patch_notes (
    id INTEGER NOT NULL PRIMARY KEY,
    patch TEXT NOT NULL REFERENCES patches (id) ON DELETE CASCADE,
    author INTEGER REFERENCES users (id) ON DELETE SET NULL,
    content TEXT NOT NULL,
    created INTEGER NOT NULL
) STRICT;
CREATE INDEX patch_notes_patch ON patch_notes (patch);

-- What people say about a row or a proposal. Held until a moderator shows it, unless one of ours wrote it.
CREATE TABLE comments (
    -- The order of arrival: several may come in one second.
    arrival INTEGER NOT NULL PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    dataset INTEGER NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
    row_id BLOB,
    patch TEXT REFERENCES patches (id) ON DELETE CASCADE,
    -- moderator, member, contributor or elsewhere.
    side TEXT NOT NULL,
    -- A local name or an actor's URL; none for people without an account.
    author TEXT,
    -- Sanitised HTML where it came from elsewhere, else plain text.
    content TEXT NOT NULL,
    -- held, shown, hidden, or private to moderators.
    state TEXT NOT NULL,
    -- The Note that it came as.
    object_id TEXT UNIQUE,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL
) STRICT;
CREATE INDEX comments_row ON comments (dataset, row_id, created);
CREATE INDEX comments_patch ON comments (patch, created);
CREATE INDEX comments_state ON comments (state, created);
CREATE INDEX comments_author ON comments (author, state);

-- How many came from one source of late (limits.burst_per_hour).
CREATE INDEX patches_source ON patches (dataset, proposer_host, created);
