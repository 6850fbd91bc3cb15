-- Headers after the head of a copy whose redactions were obeyed already; `header` is kept of redact entries only. Where
-- the entry of that number turns out to be another one, nobody ordered what they erased.
CREATE TABLE headers_beyond (
    dataset INTEGER NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    entry BLOB NOT NULL,
    prev BLOB NOT NULL,
    header TEXT,
    PRIMARY KEY (dataset, seq, entry)
) STRICT;
