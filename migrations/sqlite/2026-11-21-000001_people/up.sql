-- What the instance knows about itself, and the people who sign in. Instants are seconds since 1970.
CREATE TABLE instance (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

-- Keys by owner: a local path such as '/actor' or '/datasets/lieux'. `secret` is null for keys kept elsewhere.
CREATE TABLE keys (
    owner TEXT NOT NULL,
    kind TEXT NOT NULL,
    public TEXT NOT NULL,
    secret BLOB,
    created INTEGER NOT NULL,
    PRIMARY KEY (owner, kind, public)
) STRICT;

CREATE TABLE users (
    id INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    email TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    role TEXT NOT NULL,
    disabled INTEGER NOT NULL,
    lang TEXT NOT NULL,
    created INTEGER NOT NULL
) STRICT;
CREATE INDEX users_email ON users (email);

CREATE TABLE sessions (
    token_hash BLOB NOT NULL PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    last_seen INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_expires ON sessions (expires);

CREATE TABLE api_tokens (
    token_hash BLOB NOT NULL PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    label TEXT NOT NULL,
    created INTEGER NOT NULL,
    revoked INTEGER NOT NULL
) STRICT;
CREATE INDEX api_tokens_user ON api_tokens (user_id);

-- Work that only one process may do at a time (architecture.md, Storage: leases, never advisory locks).
CREATE TABLE leases (
    name TEXT NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,
    until_at INTEGER NOT NULL
) STRICT;
