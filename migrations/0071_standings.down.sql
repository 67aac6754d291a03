DROP VIEW board_scores, course_standings;
ALTER TABLE quiz_results DROP COLUMN course_id;
