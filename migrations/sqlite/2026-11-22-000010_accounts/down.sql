DROP TABLE news;
DROP TABLE dataset_roles;
DROP TABLE account_links;
DROP TABLE recovery_codes;
DROP TABLE totps;
ALTER TABLE sessions DROP COLUMN network;
ALTER TABLE sessions DROP COLUMN agent;
ALTER TABLE users DROP COLUMN confirmed;
