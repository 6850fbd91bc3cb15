DROP TABLE modlog_anchors;
