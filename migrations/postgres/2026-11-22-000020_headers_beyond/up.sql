-- Headers after the head of a copy whose redactions were obeyed already; `header` is kept of redact entries only. Where
-- the entry of that number turns out to be another one, nobody ordered what they erased.
CREATE TABLE headers_beyond (
    dataset BIGINT NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
    seq BIGINT NOT NULL,
    entry BYTEA NOT NULL,
    prev BYTEA NOT NULL,
    header TEXT,
    PRIMARY KEY (dataset, seq, entry)
);
