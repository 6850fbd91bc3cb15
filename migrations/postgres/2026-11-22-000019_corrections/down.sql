ALTER TABLE reviews DROP COLUMN amended;
