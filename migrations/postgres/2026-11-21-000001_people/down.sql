DROP TABLE leases;
DROP TABLE api_tokens;
DROP TABLE sessions;
DROP TABLE users;
DROP TABLE keys;
DROP TABLE instance;
