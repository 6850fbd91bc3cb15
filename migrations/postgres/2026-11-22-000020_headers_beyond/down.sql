DROP TABLE headers_beyond;
