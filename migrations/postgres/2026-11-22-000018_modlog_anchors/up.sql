-- Where a moderation log stood when its dataset moved last: the entry `move` names the last line written before it, so that
-- lines of an instance that is gone are believed for what they lead to (protocol.md §3.3, "Move"; §5).
CREATE TABLE modlog_anchors (
    dataset BIGINT NOT NULL PRIMARY KEY REFERENCES datasets (id) ON DELETE CASCADE,
    -- The number of that line; 0 where there was none.
    n BIGINT NOT NULL,
    -- Its hash; NULL where there was none.
    hash BYTEA
);
