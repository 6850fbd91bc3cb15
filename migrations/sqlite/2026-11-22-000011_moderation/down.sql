DROP INDEX patches_source;
DROP TABLE comments;
DROP TABLE patch_notes;
DROP TABLE patch_care;
