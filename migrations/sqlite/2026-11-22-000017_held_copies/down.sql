ALTER TABLE held_grants DROP COLUMN copy_error;
ALTER TABLE held_grants DROP COLUMN copy_due;
