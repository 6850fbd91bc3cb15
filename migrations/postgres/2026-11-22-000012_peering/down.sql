DROP TABLE block_drafts;
DROP TABLE block_lists;
DROP TABLE replica_heads;
DROP TABLE peer_wishes;
DROP TABLE peer_datasets;
DROP TABLE peer_facts;
DROP TABLE peer_groups;
