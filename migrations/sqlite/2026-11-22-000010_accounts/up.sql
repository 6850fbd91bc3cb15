-- What people may do with their own accounts, and who may decide on which dataset. Only hashes of secrets stand here,
-- but for the secret of a second step, which has to be computed with.
-- `confirmed`: the person has shown that the address is hers, or an operator made the account.
ALTER TABLE users ADD COLUMN confirmed INTEGER NOT NULL DEFAULT 1;

-- Where a log-in was begun, for its owner's eyes: the kind of browser, and the network without its last part.
ALTER TABLE sessions ADD COLUMN agent TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN network TEXT NOT NULL DEFAULT '';

-- The second step of a log-in. `last_step` is the period of the last code that was taken: none counts twice.
CREATE TABLE totps (
    user_id INTEGER NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    secret BLOB NOT NULL,
    confirmed INTEGER NOT NULL,
    last_step INTEGER NOT NULL,
    created INTEGER NOT NULL
) STRICT;

CREATE TABLE recovery_codes (
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    code_hash BLOB NOT NULL,
    PRIMARY KEY (user_id, code_hash)
) STRICT;

-- Links that were sent or shown once: kind says what they open. `tries` counts wrong codes behind a half log-in.
CREATE TABLE account_links (
    token_hash BLOB NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    user_id INTEGER REFERENCES users (id) ON DELETE CASCADE,
    email TEXT NOT NULL,
    role TEXT NOT NULL,
    made_by TEXT NOT NULL,
    lang TEXT NOT NULL,
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    tries INTEGER NOT NULL
) STRICT;
CREATE INDEX account_links_user ON account_links (user_id, kind);
CREATE INDEX account_links_expires ON account_links (expires);

-- What a person may do on one dataset: 'write' decides on proposals, 'maintain' also gives such roles.
CREATE TABLE dataset_roles (
    id INTEGER NOT NULL PRIMARY KEY,
    dataset INTEGER NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role TEXT NOT NULL,
    given_by TEXT NOT NULL,
    created INTEGER NOT NULL,
    until_at INTEGER,
    revoked_at INTEGER
) STRICT;
CREATE INDEX dataset_roles_user ON dataset_roles (user_id, dataset);
CREATE INDEX dataset_roles_dataset ON dataset_roles (dataset);

-- Readable posts of actors elsewhere whom people here follow. `content` was cleaned when it came.
CREATE TABLE news (
    id INTEGER NOT NULL PRIMARY KEY,
    note TEXT NOT NULL UNIQUE,
    actor TEXT NOT NULL,
    url TEXT NOT NULL,
    content TEXT NOT NULL,
    published INTEGER NOT NULL,
    received INTEGER NOT NULL
) STRICT;
CREATE INDEX news_actor ON news (actor, received);
CREATE INDEX news_received ON news (received);
