-- What an approval would have applied instead of what was offered, as JSON; forgotten once the proposal is decided or a
-- value of the dataset is erased.
ALTER TABLE reviews ADD COLUMN amended TEXT;
