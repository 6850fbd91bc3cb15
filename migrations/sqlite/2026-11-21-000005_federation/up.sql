-- Received activities: the id makes an effect happen once; the body goes once it was processed.
CREATE TABLE inbox (
    id INTEGER NOT NULL PRIMARY KEY,
    activity_id TEXT NOT NULL UNIQUE,
    actor TEXT NOT NULL,
    kind TEXT NOT NULL,
    body TEXT,
    received INTEGER NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    next_at INTEGER NOT NULL,
    error TEXT
) STRICT;
CREATE INDEX inbox_due ON inbox (next_at, id) WHERE state = 'pending';
CREATE INDEX inbox_received ON inbox (received);

-- One row per activity and target inbox. Within one (host, object_key) the oldest goes first; keys overtake.
CREATE TABLE outbox (
    id INTEGER NOT NULL PRIMARY KEY,
    activity_id TEXT NOT NULL,
    host TEXT NOT NULL,
    inbox TEXT NOT NULL,
    object_key TEXT NOT NULL,
    actor TEXT NOT NULL,
    body TEXT,
    dataset INTEGER REFERENCES datasets (id) ON DELETE CASCADE,
    seq INTEGER,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    next_at INTEGER NOT NULL,
    lease_until INTEGER NOT NULL,
    last_status INTEGER,
    last_error TEXT,
    created INTEGER NOT NULL
) STRICT;
CREATE INDEX outbox_due ON outbox (next_at, id) WHERE state = 'queued';
CREATE INDEX outbox_lane ON outbox (host, object_key, id) WHERE state = 'queued';
CREATE INDEX outbox_dataset ON outbox (dataset, seq);
CREATE INDEX outbox_state ON outbox (state, created);

CREATE TABLE remote_actors (
    id TEXT NOT NULL PRIMARY KEY,
    host TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    inbox TEXT NOT NULL,
    shared_inbox TEXT,
    key_id TEXT NOT NULL,
    key_pem TEXT NOT NULL,
    pinned_key_pem TEXT,
    multikey TEXT,
    implements INTEGER NOT NULL,
    suspended INTEGER NOT NULL,
    doc TEXT NOT NULL,
    fetched_at INTEGER NOT NULL
) STRICT;
CREATE INDEX remote_actors_host ON remote_actors (host);
CREATE INDEX remote_actors_key ON remote_actors (key_id);

-- Who follows an actor of ours (`object` is its local path).
CREATE TABLE followers (
    id INTEGER NOT NULL PRIMARY KEY,
    object TEXT NOT NULL,
    follower TEXT NOT NULL,
    inbox TEXT NOT NULL,
    shared_inbox TEXT,
    host TEXT NOT NULL,
    activity_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    created INTEGER NOT NULL,
    UNIQUE (object, follower)
) STRICT;
CREATE INDEX followers_follower ON followers (follower);
CREATE INDEX followers_host ON followers (host);

-- Whom an actor of ours follows.
CREATE TABLE follows (
    id INTEGER NOT NULL PRIMARY KEY,
    actor TEXT NOT NULL,
    object TEXT NOT NULL,
    activity_id TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL,
    created INTEGER NOT NULL,
    UNIQUE (actor, object)
) STRICT;
CREATE INDEX follows_object ON follows (object);

CREATE TABLE peers (
    host TEXT NOT NULL PRIMARY KEY,
    actor TEXT NOT NULL,
    inbox TEXT NOT NULL,
    state TEXT NOT NULL,
    our_activity TEXT,
    their_activity TEXT,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL
) STRICT;

CREATE TABLE blocks (
    domain TEXT NOT NULL PRIMARY KEY,
    reason TEXT NOT NULL,
    created INTEGER NOT NULL
) STRICT;
