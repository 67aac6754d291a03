-- How far students are.

-- How many seconds a set of intervals has.
CREATE FUNCTION multirange_s(intervals int4multirange) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (SELECT coalesce(sum(upper(part) - lower(part)), 0)::integer FROM unnest(intervals) AS part);

-- What a student did in a lesson. Grows alone: intervals are united, the position follows the newest report, completion stays.
CREATE TABLE lesson_progress (
    person_id uuid NOT NULL CONSTRAINT lesson_progress_person REFERENCES people ON DELETE CASCADE,
    lesson_id uuid NOT NULL,
    course_id uuid NOT NULL,
    -- Which seconds of the video were watched.
    watched int4multirange NOT NULL DEFAULT '{}',
    watched_s integer NOT NULL GENERATED ALWAYS AS (multirange_s(watched)) STORED,
    -- Where the student stopped, seconds, as the report with the highest counter says.
    position_s integer NOT NULL DEFAULT 0 CONSTRAINT lesson_progress_position_range CHECK (position_s BETWEEN 0 AND 86400),
    counter bigint NOT NULL DEFAULT 0 CONSTRAINT lesson_progress_counter_range CHECK (counter >= 0),
    completed_at timestamptz,
    completed_by text CONSTRAINT lesson_progress_completed_by CHECK (completed_by IN ('watched', 'quiz', 'marked')),
    started_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT lesson_progress_pkey PRIMARY KEY (person_id, lesson_id),
    -- A lesson with progress is not deleted, and a course is not either.
    CONSTRAINT lesson_progress_lesson FOREIGN KEY (course_id, lesson_id) REFERENCES lessons (course_id, id),
    CONSTRAINT lesson_progress_enrolment FOREIGN KEY (course_id, person_id) REFERENCES enrolments ON DELETE CASCADE,
    CONSTRAINT lesson_progress_completion CHECK ((completed_at IS NULL) = (completed_by IS NULL))
) WITH (fillfactor = 80);
-- A course's overview, and what a lesson's deletion looks for.
CREATE INDEX lesson_progress_course ON lesson_progress (course_id, lesson_id, person_id);

-- The days, in UTC, on which somebody learnt something: a streak is made of them.
CREATE TABLE learning_days (
    person_id uuid NOT NULL CONSTRAINT learning_days_person REFERENCES people ON DELETE CASCADE,
    day date NOT NULL,
    CONSTRAINT learning_days_pkey PRIMARY KEY (person_id, day)
);
