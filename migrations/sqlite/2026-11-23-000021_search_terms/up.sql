-- The words that the index of words holds, in order: a search for the beginning of a word asks which words begin so.
CREATE VIRTUAL TABLE rows_search_terms USING fts5vocab (rows_search, instance);
