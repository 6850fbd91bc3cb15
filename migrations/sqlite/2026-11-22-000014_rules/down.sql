DROP TABLE reports;
DROP TABLE patch_votes;
DROP TABLE rule_drops;
DROP TABLE rule_uses;
DROP TABLE rule_settings;
DROP TABLE rules;
DROP TABLE modlog_copies;
DROP TABLE modlog;
