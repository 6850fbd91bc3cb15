-- Whoever accepts a role on a dataset elsewhere has it copied: when the copy is tried next (NULL where nothing is to be
-- done), and why it could not be begun.
ALTER TABLE held_grants ADD COLUMN copy_due BIGINT;
ALTER TABLE held_grants ADD COLUMN copy_error TEXT;
