DROP TABLE rows_search_terms;
