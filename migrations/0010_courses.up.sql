-- Courses, their lessons in order, and who takes part.

CREATE TABLE courses (
    id uuid CONSTRAINT courses_pkey PRIMARY KEY,
    title text NOT NULL CONSTRAINT courses_title_length CHECK (length(title) BETWEEN 1 AND 120),
    summary text NOT NULL DEFAULT '' CONSTRAINT courses_summary_length CHECK (length(summary) <= 300),
    description text NOT NULL DEFAULT '' CONSTRAINT courses_description_length CHECK (length(description) <= 20000),
    -- draft: its tutors alone see it. published: everybody does. archived: those who were in it do, and nobody comes in any more.
    state text NOT NULL DEFAULT 'draft' CONSTRAINT courses_state CHECK (state IN ('draft', 'published', 'archived')),
    -- How a student gets in: by oneself, with the code, or because a tutor says so.
    enrolment text NOT NULL DEFAULT 'open' CONSTRAINT courses_enrolment CHECK (enrolment IN ('open', 'code', 'list')),
    code text CONSTRAINT courses_code_length CHECK (length(code) BETWEEN 6 AND 16),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    published_at timestamptz,
    CONSTRAINT courses_code_needed CHECK (enrolment <> 'code' OR code IS NOT NULL),
    CONSTRAINT courses_published CHECK (state = 'draft' OR published_at IS NOT NULL)
);
-- The catalogue, the newest first.
CREATE INDEX courses_catalogue ON courses (published_at DESC, id DESC) WHERE state = 'published';
-- Search by words of the title.
CREATE INDEX courses_title_words ON courses USING gin (to_tsvector('simple', title));

-- Who may change a course. All are equal; there is always one.
CREATE TABLE course_tutors (
    course_id uuid NOT NULL CONSTRAINT course_tutors_course REFERENCES courses ON DELETE CASCADE,
    person_id uuid NOT NULL CONSTRAINT course_tutors_person REFERENCES people,
    added_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT course_tutors_pkey PRIMARY KEY (course_id, person_id)
);
CREATE INDEX course_tutors_person_courses ON course_tutors (person_id, course_id);

CREATE TABLE lessons (
    id uuid CONSTRAINT lessons_pkey PRIMARY KEY,
    course_id uuid NOT NULL CONSTRAINT lessons_course REFERENCES courses ON DELETE CASCADE,
    -- From 1, without gaps.
    position integer NOT NULL CONSTRAINT lessons_position_range CHECK (position >= 1),
    title text NOT NULL CONSTRAINT lessons_title_length CHECK (length(title) BETWEEN 1 AND 120),
    body text NOT NULL DEFAULT '' CONSTRAINT lessons_body_length CHECK (length(body) <= 40000),
    -- How long its video is, seconds; none without a video. At most a day.
    video_s integer CONSTRAINT lessons_video_s_range CHECK (video_s BETWEEN 1 AND 86400),
    -- What makes it complete: enough of the video watched, its quiz passed, or the student's word.
    completion text NOT NULL DEFAULT 'marked' CONSTRAINT lessons_completion CHECK (completion IN ('watched', 'quiz', 'marked')),
    -- How much of the video is enough, percent.
    watched_percent smallint NOT NULL DEFAULT 90 CONSTRAINT lessons_watched_percent_range CHECK (watched_percent BETWEEN 1 AND 100),
    -- Students do not see it before.
    published_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT lessons_watched_needs_video CHECK (completion <> 'watched' OR video_s IS NOT NULL),
    -- For keys that hold two lessons, or a lesson and its course, together.
    CONSTRAINT lessons_course_key UNIQUE (course_id, id),
    -- Looked at when a statement ends, so that one statement can put all in a new order.
    CONSTRAINT lessons_position_key UNIQUE (course_id, position) DEFERRABLE INITIALLY IMMEDIATE
);

-- A lesson opens when those that it requires are complete. Both are of one course, and there are no cycles.
CREATE TABLE lesson_prerequisites (
    course_id uuid NOT NULL,
    lesson_id uuid NOT NULL,
    requires_id uuid NOT NULL,
    CONSTRAINT lesson_prerequisites_pkey PRIMARY KEY (lesson_id, requires_id),
    CONSTRAINT lesson_prerequisites_lesson FOREIGN KEY (course_id, lesson_id) REFERENCES lessons (course_id, id) ON DELETE CASCADE,
    CONSTRAINT lesson_prerequisites_requires FOREIGN KEY (course_id, requires_id) REFERENCES lessons (course_id, id) ON DELETE CASCADE,
    CONSTRAINT lesson_prerequisites_other CHECK (lesson_id <> requires_id)
);
CREATE INDEX lesson_prerequisites_course ON lesson_prerequisites (course_id);
CREATE INDEX lesson_prerequisites_requires_id ON lesson_prerequisites (requires_id);

-- Who takes part. Who leaves keeps the row, and so what they did; who comes back goes on with it.
CREATE TABLE enrolments (
    -- A course that somebody ever was in is archived, not deleted.
    course_id uuid NOT NULL CONSTRAINT enrolments_course REFERENCES courses,
    person_id uuid NOT NULL CONSTRAINT enrolments_person REFERENCES people ON DELETE CASCADE,
    source text NOT NULL CONSTRAINT enrolments_source CHECK (source IN ('open', 'code', 'list')),
    enrolled_at timestamptz NOT NULL DEFAULT now(),
    left_at timestamptz,
    CONSTRAINT enrolments_pkey PRIMARY KEY (course_id, person_id)
);
CREATE INDEX enrolments_person_courses ON enrolments (person_id, course_id) WHERE left_at IS NULL;
