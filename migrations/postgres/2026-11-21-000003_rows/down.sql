DROP TABLE field_indexes;
DROP TABLE tree_pages;
DROP TABLE row_changes;
DROP TABLE rows;
DROP FUNCTION rustine_fold (TEXT);
