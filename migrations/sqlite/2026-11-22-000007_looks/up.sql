-- When the instance of a proposer asks next what became of a proposal elsewhere.
CREATE TABLE proposal_looks (
    patch TEXT NOT NULL PRIMARY KEY REFERENCES patches (id) ON DELETE CASCADE,
    next_at INTEGER NOT NULL,
    silent INTEGER NOT NULL
);
CREATE INDEX proposal_looks_due ON proposal_looks (next_at);
INSERT INTO proposal_looks (patch, next_at, silent)
SELECT id, created, 0 FROM patches WHERE direction = 'out' AND status IN ('pending', 'conflict');
