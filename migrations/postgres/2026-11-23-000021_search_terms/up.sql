-- PostgreSQL finds words by their beginning in its index.
SELECT 1;
