ALTER TABLE lesson_progress DROP COLUMN moved_at, DROP COLUMN tenths;
DROP FUNCTION watched_united(int4multirange, int4multirange);
