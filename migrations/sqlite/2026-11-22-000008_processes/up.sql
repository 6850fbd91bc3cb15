-- Several servers on one database. A running server is a lease called 'process/<holder>', which it renews; every other
-- lease, and every claimed row of a queue, names its holder, and is free once that holder's own lease has run out.
-- `until_at` counts the seconds of the database's clock.
DELETE FROM leases;
ALTER TABLE inbox ADD COLUMN holder TEXT NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN holder TEXT NOT NULL DEFAULT '';

-- What one server has heard about a copy that another one pulls: an entry that there is, and an erasure that is not
-- done yet. `attempted_by` is who has asked once since its start for what was missed.
ALTER TABLE replica_states ADD COLUMN hinted_seq INTEGER NOT NULL DEFAULT -1;
ALTER TABLE replica_states ADD COLUMN redact_seq INTEGER NOT NULL DEFAULT -1;
ALTER TABLE replica_states ADD COLUMN attempted_by TEXT NOT NULL DEFAULT '';
