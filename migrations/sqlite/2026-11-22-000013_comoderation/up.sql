-- Who may do what on a dataset, as its log says: written wherever an entry is signed or applied, so that copies know it
-- too. `user_id` is the account of this instance that the grant is for. A request that nobody granted has no entry.
CREATE TABLE grants (
    dataset INTEGER NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    target TEXT NOT NULL,
    host TEXT NOT NULL,
    user_id INTEGER REFERENCES users (id) ON DELETE SET NULL,
    role TEXT NOT NULL,
    key TEXT NOT NULL,
    -- asked, offered, active, suspended or revoked.
    state TEXT NOT NULL,
    granted_seq INTEGER,
    revoked_seq INTEGER,
    end_at INTEGER NOT NULL,
    content TEXT,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    PRIMARY KEY (dataset, id)
) STRICT;
CREATE INDEX grants_target ON grants (target, state);
CREATE INDEX grants_user ON grants (user_id, state);
CREATE INDEX grants_host ON grants (host, state);

-- What people of this instance were offered, or asked for, on datasets elsewhere. The log of the copy says whether it
-- holds; this is what they said to it, and what is known before there is a copy.
CREATE TABLE held_grants (
    id TEXT NOT NULL PRIMARY KEY,
    dataset_url TEXT NOT NULL,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role TEXT NOT NULL,
    -- asked, offered, accepted, declined, refused or revoked.
    state TEXT NOT NULL,
    end_at INTEGER NOT NULL,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL
) STRICT;
CREATE INDEX held_grants_user ON held_grants (user_id, state);
CREATE INDEX held_grants_dataset ON held_grants (dataset_url);

-- Signed verdicts, in the order in which they came. `void` says why one counts for nothing.
CREATE TABLE reviews (
    id INTEGER NOT NULL PRIMARY KEY,
    url TEXT NOT NULL UNIQUE,
    dataset INTEGER NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
    patch TEXT NOT NULL REFERENCES patches (id) ON DELETE CASCADE,
    reviewer TEXT NOT NULL,
    host TEXT NOT NULL,
    digest BLOB NOT NULL,
    verdict TEXT NOT NULL,
    content TEXT,
    document TEXT NOT NULL,
    received INTEGER NOT NULL,
    void TEXT
) STRICT;
CREATE INDEX reviews_patch ON reviews (patch, id);
CREATE INDEX reviews_reviewer ON reviews (dataset, reviewer, received);

-- Queues of other instances that people here may work on: when each is read again, and how that went.
CREATE TABLE remote_queues (
    dataset INTEGER NOT NULL PRIMARY KEY REFERENCES datasets (id) ON DELETE CASCADE,
    due_at INTEGER NOT NULL,
    read_at INTEGER,
    error TEXT
) STRICT;
CREATE INDEX remote_queues_due ON remote_queues (due_at);
