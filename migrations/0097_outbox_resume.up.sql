-- Who comes back to an event stream asks for what concerns them after a time: from one of these indexes each, and no more of it.
-- The old ones led through the whole day of each of their courses.
CREATE INDEX outbox_person_at ON outbox (person_id, at) WHERE person_id IS NOT NULL AND audience <> 'course';
CREATE INDEX outbox_everybody_at ON outbox (course_id, at) WHERE audience = 'course';
CREATE INDEX outbox_tutors_at ON outbox (course_id, at) WHERE audience = 'tutors';
DROP INDEX outbox_person;
DROP INDEX outbox_course;
