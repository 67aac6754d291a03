CREATE INDEX outbox_person ON outbox (person_id, id) WHERE person_id IS NOT NULL;
CREATE INDEX outbox_course ON outbox (course_id, id) WHERE course_id IS NOT NULL;
DROP INDEX outbox_person_at;
DROP INDEX outbox_everybody_at;
DROP INDEX outbox_tutors_at;
