DROP TABLE decision_links;
DROP TABLE digests;
DROP TABLE notification_choices;
DROP TABLE notifications;
DROP TABLE mails;
