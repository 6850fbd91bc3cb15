-- Letters to be sent. `message` holds what a letter says and its links; it and the address go once the letter is over.
CREATE TABLE mails (
    id INTEGER NOT NULL PRIMARY KEY,
    user_id INTEGER REFERENCES users (id) ON DELETE CASCADE,
    address TEXT,
    lang TEXT NOT NULL,
    kind TEXT NOT NULL,
    message TEXT,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    next_at INTEGER NOT NULL,
    lease_until INTEGER NOT NULL,
    holder TEXT NOT NULL,
    last_error TEXT,
    created INTEGER NOT NULL,
    sent_at INTEGER
) STRICT;
CREATE INDEX mails_due ON mails (next_at, id) WHERE state = 'queued';
CREATE INDEX mails_user ON mails (user_id, kind, created);
CREATE INDEX mails_state ON mails (state, created);

-- What people with accounts are told in the page. `mailed` is 'due' as long as a letter has to take it along.
CREATE TABLE notifications (
    id INTEGER NOT NULL PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    patch TEXT,
    dataset INTEGER REFERENCES datasets (id) ON DELETE CASCADE,
    data TEXT NOT NULL,
    mailed TEXT NOT NULL,
    created INTEGER NOT NULL,
    read_at INTEGER
) STRICT;
CREATE INDEX notifications_user ON notifications (user_id, id);
CREATE INDEX notifications_due ON notifications (user_id, kind, id) WHERE mailed = 'due';
CREATE INDEX notifications_patch ON notifications (patch);
CREATE INDEX notifications_dataset ON notifications (dataset);

-- How a person wants to hear of a kind of event by mail: 'now', 'daily', 'weekly' or 'off'.
CREATE TABLE notification_choices (
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    rhythm TEXT NOT NULL,
    PRIMARY KEY (user_id, kind)
) STRICT;

-- When a person got the last collected letter of a rhythm.
CREATE TABLE digests (
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    rhythm TEXT NOT NULL,
    sent_at INTEGER NOT NULL,
    PRIMARY KEY (user_id, rhythm)
) STRICT;

-- Links by which one person decides on one version of one proposal, once, without logging in.
CREATE TABLE decision_links (
    token_hash BLOB NOT NULL PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    patch TEXT NOT NULL REFERENCES patches (id) ON DELETE CASCADE,
    digest BLOB NOT NULL,
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    used_at INTEGER
) STRICT;
CREATE INDEX decision_links_user ON decision_links (user_id);
CREATE INDEX decision_links_patch ON decision_links (patch);
CREATE INDEX decision_links_expires ON decision_links (expires);
