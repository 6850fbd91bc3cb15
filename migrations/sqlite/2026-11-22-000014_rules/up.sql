-- The moderation log (`protocol.md` §5): public, signed line by line by the instance that owns the dataset, without personal
-- data. The lines of a copy are those of its origin, as they were received.
CREATE TABLE modlog (
    dataset INTEGER NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
    -- 1, 2, 3 … without a gap.
    n INTEGER NOT NULL,
    -- What was done, as one word.
    action TEXT NOT NULL,
    -- When, by the origin's clock.
    time INTEGER NOT NULL,
    -- What the next line names as the one before it.
    hash BLOB NOT NULL,
    -- The signed JSON.
    line TEXT NOT NULL,
    PRIMARY KEY (dataset, n)
) STRICT;

-- How the copy of an origin's moderation log stands.
CREATE TABLE modlog_copies (
    dataset INTEGER NOT NULL PRIMARY KEY REFERENCES datasets (id) ON DELETE CASCADE,
    -- When the origin is asked next.
    due INTEGER NOT NULL,
    -- When it answered last.
    answered INTEGER,
    -- How often in turn it did not.
    failures INTEGER NOT NULL,
    -- Why the last answer was not taken.
    problem TEXT
) STRICT;
CREATE INDEX modlog_copies_due ON modlog_copies (due);

-- What happens to a proposal before anybody looks at it, by field and sender. Local to the origin: the log knows the quorum.
CREATE TABLE rules (
    id INTEGER NOT NULL PRIMARY KEY,
    dataset INTEGER NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
    -- The field that it is about; none for all, and for whole rows.
    field TEXT,
    -- anyone, peer, group, strangers, or a role: visitor, account, write, maintain.
    sender TEXT NOT NULL,
    -- Which peer or group.
    who TEXT,
    -- accept, queue or drop.
    outcome TEXT NOT NULL,
    -- What it accepts from one instance in 24 hours: operations, and rows in percent.
    daily_ops INTEGER NOT NULL,
    daily_percent INTEGER NOT NULL,
    created INTEGER NOT NULL
) STRICT;
CREATE INDEX rules_dataset ON rules (dataset);

-- What holds beside the rules; no row while nothing was changed.
CREATE TABLE rule_settings (
    dataset INTEGER NOT NULL PRIMARY KEY REFERENCES datasets (id) ON DELETE CASCADE,
    -- A sender is new until so many of its proposals were accepted by people.
    quarantine INTEGER NOT NULL,
    -- Proposals that may wait, of one account and of one instance; never more than limits.*.
    pending_per_actor INTEGER,
    pending_per_instance INTEGER,
    -- Validation by the votes of people with an account.
    votes_on INTEGER NOT NULL,
    votes_for INTEGER NOT NULL,
    votes_against INTEGER NOT NULL,
    votes_days INTEGER NOT NULL,
    votes_force INTEGER NOT NULL
) STRICT;

-- What a rule, or votes, accepted: this is what the daily ceiling counts.
CREATE TABLE rule_uses (
    patch TEXT NOT NULL PRIMARY KEY REFERENCES patches (id) ON DELETE CASCADE,
    dataset INTEGER NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
    host TEXT NOT NULL,
    -- The rule, as it was then.
    rule INTEGER NOT NULL,
    operations INTEGER NOT NULL,
    touched INTEGER NOT NULL,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX rule_uses_at ON rule_uses (dataset, host, at);

-- What rules dropped: a number for each rule, instance and day, so that a flood leaves one row.
CREATE TABLE rule_drops (
    dataset INTEGER NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
    rule INTEGER NOT NULL,
    host TEXT NOT NULL,
    day INTEGER NOT NULL,
    dropped INTEGER NOT NULL,
    PRIMARY KEY (dataset, rule, host, day)
) STRICT;

-- Votes of people with an account here on proposals that wait.
CREATE TABLE patch_votes (
    patch TEXT NOT NULL REFERENCES patches (id) ON DELETE CASCADE,
    voter INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    agrees INTEGER NOT NULL,
    created INTEGER NOT NULL,
    PRIMARY KEY (patch, voter)
) STRICT;

-- What people report about a row or a dataset. Private to those who decide on it.
CREATE TABLE reports (
    id TEXT NOT NULL PRIMARY KEY,
    dataset INTEGER NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
    row_id BLOB,
    -- A word: gone, duplicate, wrong, charter, other.
    problem TEXT NOT NULL,
    -- In the reporter's words.
    content TEXT,
    -- The instance that it came through.
    host TEXT NOT NULL,
    -- The actor who sent it; none for visitors.
    reporter TEXT,
    -- open, handled or dismissed.
    state TEXT NOT NULL,
    -- The Flag that it came as, or went out as.
    activity TEXT UNIQUE,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL
) STRICT;
CREATE INDEX reports_state ON reports (dataset, state, created);
CREATE INDEX reports_host ON reports (host, created);
