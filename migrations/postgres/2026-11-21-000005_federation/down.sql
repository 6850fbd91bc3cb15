DROP TABLE blocks;
DROP TABLE peers;
DROP TABLE follows;
DROP TABLE followers;
DROP TABLE remote_actors;
DROP TABLE outbox;
DROP TABLE inbox;
