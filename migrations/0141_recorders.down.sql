DROP TABLE recorders;
ALTER TABLE recordings DROP COLUMN spool, DROP COLUMN process;
