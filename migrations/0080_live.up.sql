-- Live classes of courses, who was there, and the secret addresses of people's calendars.

-- The room of a class has the id as its name.
CREATE TABLE live_sessions (
    id uuid CONSTRAINT live_sessions_pkey PRIMARY KEY,
    course_id uuid NOT NULL CONSTRAINT live_sessions_course REFERENCES courses ON DELETE CASCADE,
    -- What it is about, if it is about one lesson.
    lesson_id uuid,
    title text NOT NULL CONSTRAINT live_sessions_title_length CHECK (length(title) BETWEEN 1 AND 120),
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'scheduled'
        CONSTRAINT live_sessions_state CHECK (state IN ('scheduled', 'live', 'ended', 'cancelled')),
    -- When it really did.
    started_at timestamptz,
    ended_at timestamptz,
    -- Counts up with every change that a calendar shows: its SEQUENCE.
    revision integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    -- While it is live: when it is to be looked into the room next, when somebody last did, and when a tutor was last there.
    look_at timestamptz,
    looked_at timestamptz,
    tutor_seen_at timestamptz,
    CONSTRAINT live_sessions_lesson FOREIGN KEY (course_id, lesson_id) REFERENCES lessons (course_id, id)
        ON DELETE SET NULL (lesson_id),
    CONSTRAINT live_sessions_ends_after_start CHECK (ends_at > starts_at),
    CONSTRAINT live_sessions_started CHECK ((started_at IS NOT NULL) = (state IN ('live', 'ended'))),
    CONSTRAINT live_sessions_ended CHECK ((ended_at IS NOT NULL) = (state = 'ended')),
    CONSTRAINT live_sessions_looked CHECK (state <> 'live' OR (look_at IS NOT NULL AND looked_at IS NOT NULL))
) WITH (fillfactor = 70);
-- A course's classes, and those of a person's courses, by time.
CREATE INDEX live_sessions_course_time ON live_sessions (course_id, starts_at, id);
CREATE INDEX live_sessions_lesson_id ON live_sessions (lesson_id) WHERE lesson_id IS NOT NULL;
-- Whose turn it is.
CREATE INDEX live_sessions_look_at ON live_sessions (look_at) WHERE state = 'live';
CREATE INDEX live_sessions_scheduled ON live_sessions (ends_at) WHERE state = 'scheduled';

-- From when to when somebody was in the room; without an end they are there, as far as is known.
CREATE TABLE live_attendance (
    live_id uuid NOT NULL CONSTRAINT live_attendance_live REFERENCES live_sessions ON DELETE CASCADE,
    person_id uuid NOT NULL CONSTRAINT live_attendance_person REFERENCES people ON DELETE CASCADE,
    joined_at timestamptz NOT NULL,
    left_at timestamptz,
    CONSTRAINT live_attendance_pkey PRIMARY KEY (live_id, person_id, joined_at),
    CONSTRAINT live_attendance_left_after_joining CHECK (left_at >= joined_at)
);
CREATE UNIQUE INDEX live_attendance_present_key ON live_attendance (live_id, person_id) WHERE left_at IS NULL;
CREATE INDEX live_attendance_person_id ON live_attendance (person_id);

-- Only the SHA-256 of the secret in the address is kept. A new one takes its place.
CREATE TABLE calendar_addresses (
    person_id uuid CONSTRAINT calendar_addresses_pkey PRIMARY KEY
        CONSTRAINT calendar_addresses_person REFERENCES people ON DELETE CASCADE,
    hash bytea NOT NULL CONSTRAINT calendar_addresses_hash_key UNIQUE
        CONSTRAINT calendar_addresses_hash_length CHECK (length(hash) = 32),
    created_at timestamptz NOT NULL DEFAULT now()
);
