DROP VIEW quiz_takers, quiz_tutors;
DROP TABLE quiz_results, quiz_extra_time, quiz_answers, quiz_attempts, quiz_questions, quizzes;
