DROP TABLE enrolments, lesson_prerequisites, lessons, course_tutors, courses;
