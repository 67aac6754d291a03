DROP TABLE learning_days, lesson_progress;
DROP FUNCTION multirange_s;
