-- How far each student of a course is, and what they scored.

-- A lesson stays in its course, so a result does: to find those of a course, and of somebody in it, without a join.
ALTER TABLE quiz_results ADD COLUMN course_id uuid CONSTRAINT quiz_results_course REFERENCES courses;
UPDATE quiz_results r SET course_id = l.course_id FROM quizzes q JOIN lessons l ON l.id = q.lesson_id WHERE q.id = r.quiz_id;
ALTER TABLE quiz_results ALTER COLUMN course_id SET NOT NULL;
CREATE INDEX quiz_results_course_person ON quiz_results (course_id, person_id);

-- Everybody in a course. Lessons that students do not see do not count, scores in them do: they were earned.
CREATE VIEW course_standings AS
    SELECT e.course_id, e.person_id, done.lessons, done.completed, done.percent, quiz.score, quiz.score_max,
           greatest(e.enrolled_at, done.moved_at, quiz.ended_at) AS last_activity_at
    FROM enrolments e
        CROSS JOIN LATERAL (
            SELECT count(*) AS lessons, count(p.completed_at) AS completed, max(p.moved_at) AS moved_at,
                   coalesce(sum(CASE WHEN p.completed_at IS NULL THEN p.tenths ELSE 10 END) * 10
                            / nullif(count(*), 0), 0)::integer AS percent
            FROM lessons l LEFT JOIN lesson_progress p ON p.lesson_id = l.id AND p.person_id = e.person_id
            WHERE l.course_id = e.course_id AND l.published_at IS NOT NULL) AS done
        CROSS JOIN LATERAL (
            SELECT sum(score) AS score, sum(score_max) AS score_max, max(updated_at) AS ended_at
            FROM quiz_results WHERE course_id = e.course_id AND person_id = e.person_id) AS quiz
    WHERE e.left_at IS NULL;

-- The scores that leaderboards show: of those who are in the course and not suspended.
CREATE VIEW board_scores AS
    SELECT r.course_id, r.quiz_id, r.person_id, r.score
    FROM quiz_results r
        JOIN enrolments e ON e.course_id = r.course_id AND e.person_id = r.person_id AND e.left_at IS NULL
        JOIN people p ON p.id = r.person_id AND p.suspended_at IS NULL;
