DROP TABLE patch_digests;
DROP TABLE patches;
