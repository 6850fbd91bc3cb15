DROP TABLE undone_offers;
DROP TABLE patch_digests;
DROP TABLE patches;
