DROP TABLE remote_queues;
DROP TABLE reviews;
DROP TABLE held_grants;
DROP TABLE grants;
