-- Quizzes of lessons: questions with keys, attempts with answers, scores. Points and scores are hundredths of a point.

CREATE TABLE quizzes (
    id uuid CONSTRAINT quizzes_pkey PRIMARY KEY,
    lesson_id uuid NOT NULL CONSTRAINT quizzes_lesson REFERENCES lessons ON DELETE CASCADE,
    title text NOT NULL CONSTRAINT quizzes_title_length CHECK (length(title) BETWEEN 1 AND 120),
    opens_at timestamptz,
    closes_at timestamptz,
    -- How long an attempt may take; none: until it closes.
    time_limit_s integer CONSTRAINT quizzes_time_limit_s_range CHECK (time_limit_s BETWEEN 10 AND 86400),
    attempts_max integer NOT NULL CONSTRAINT quizzes_attempts_max_range CHECK (attempts_max BETWEEN 1 AND 100),
    score_kept text NOT NULL CONSTRAINT quizzes_score_kept CHECK (score_kept IN ('best', 'last', 'average')),
    pass_percent integer NOT NULL CONSTRAINT quizzes_pass_percent_range CHECK (pass_percent BETWEEN 0 AND 100),
    keys_shown text NOT NULL CONSTRAINT quizzes_keys_shown CHECK (keys_shown IN ('never', 'after_attempts', 'after_close')),
    -- Students do not see it before.
    published_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT quizzes_closes_after_opening CHECK (closes_at > opens_at),
    CONSTRAINT quizzes_keys_after_close CHECK (keys_shown <> 'after_close' OR closes_at IS NOT NULL)
);
CREATE INDEX quizzes_lesson_id ON quizzes (lesson_id, id);

-- Fixed from the first attempt on: what was answered is judged by what was asked.
CREATE TABLE quiz_questions (
    id uuid CONSTRAINT quiz_questions_pkey PRIMARY KEY,
    quiz_id uuid NOT NULL CONSTRAINT quiz_questions_quiz REFERENCES quizzes ON DELETE CASCADE,
    -- From 0, without gaps.
    position integer NOT NULL CONSTRAINT quiz_questions_position_range CHECK (position BETWEEN 0 AND 99),
    prompt text NOT NULL CONSTRAINT quiz_questions_prompt_length CHECK (length(prompt) BETWEEN 1 AND 4000),
    points integer NOT NULL CONSTRAINT quiz_questions_points_range CHECK (points BETWEEN 1 AND 100),
    -- What a student sees, and what they do not: apart, so that a query has to name the key to read it.
    task jsonb NOT NULL,
    key jsonb NOT NULL,
    CONSTRAINT quiz_questions_same_kind CHECK (task -> 'kind' = key -> 'kind'),
    CONSTRAINT quiz_questions_position_key UNIQUE (quiz_id, position)
);

-- More time for a person, both for an attempt and after the closing.
CREATE TABLE quiz_extra_time (
    quiz_id uuid NOT NULL CONSTRAINT quiz_extra_time_quiz REFERENCES quizzes ON DELETE CASCADE,
    person_id uuid NOT NULL CONSTRAINT quiz_extra_time_person REFERENCES people ON DELETE CASCADE,
    extra_s integer NOT NULL CONSTRAINT quiz_extra_time_extra_s_range CHECK (extra_s BETWEEN 1 AND 86400),
    CONSTRAINT quiz_extra_time_pkey PRIMARY KEY (quiz_id, person_id)
);
CREATE INDEX quiz_extra_time_person_id ON quiz_extra_time (person_id);

CREATE TABLE quiz_attempts (
    id uuid CONSTRAINT quiz_attempts_pkey PRIMARY KEY,
    -- A quiz that somebody ever took is not deleted.
    quiz_id uuid NOT NULL CONSTRAINT quiz_attempts_quiz REFERENCES quizzes,
    person_id uuid NOT NULL CONSTRAINT quiz_attempts_person REFERENCES people ON DELETE CASCADE,
    -- From 1, for each person.
    number integer NOT NULL CONSTRAINT quiz_attempts_number_range CHECK (number >= 1),
    started_at timestamptz NOT NULL,
    -- Fixed at the start. None: it ends when the person says so.
    due_at timestamptz,
    -- Not later than due_at, whenever it was noticed.
    ended_at timestamptz,
    ended_by text CONSTRAINT quiz_attempts_ended_by CHECK (ended_by IN ('person', 'deadline')),
    score integer CONSTRAINT quiz_attempts_score_range CHECK (score >= 0),
    score_max integer CONSTRAINT quiz_attempts_score_max_range CHECK (score_max >= score),
    CONSTRAINT quiz_attempts_end CHECK (
        (ended_at IS NULL) = (ended_by IS NULL) AND (ended_at IS NULL) = (score IS NULL)
        AND (ended_at IS NULL) = (score_max IS NULL)
    ),
    CONSTRAINT quiz_attempts_number_key UNIQUE (quiz_id, person_id, number)
);
CREATE UNIQUE INDEX quiz_attempts_in_progress_key ON quiz_attempts (quiz_id, person_id) WHERE ended_at IS NULL;
CREATE INDEX quiz_attempts_due_at ON quiz_attempts (due_at) WHERE ended_at IS NULL;
CREATE INDEX quiz_attempts_person_id ON quiz_attempts (person_id, quiz_id);

CREATE TABLE quiz_answers (
    attempt_id uuid NOT NULL CONSTRAINT quiz_answers_attempt REFERENCES quiz_attempts ON DELETE CASCADE,
    question_id uuid NOT NULL CONSTRAINT quiz_answers_question REFERENCES quiz_questions,
    -- The client's: a write with a smaller one comes too late.
    counter bigint NOT NULL CONSTRAINT quiz_answers_counter_range CHECK (counter >= 0),
    -- None where an answer was taken back.
    answer jsonb,
    -- What it was worth, when the attempt has ended.
    points integer CONSTRAINT quiz_answers_points_range CHECK (points >= 0),
    saved_at timestamptz NOT NULL,
    CONSTRAINT quiz_answers_pkey PRIMARY KEY (attempt_id, question_id)
);
CREATE INDEX quiz_answers_question_id ON quiz_answers (question_id);

-- The score that counts, of each person who ended an attempt; written together with the attempt's end.
CREATE TABLE quiz_results (
    quiz_id uuid NOT NULL CONSTRAINT quiz_results_quiz REFERENCES quizzes,
    person_id uuid NOT NULL CONSTRAINT quiz_results_person REFERENCES people ON DELETE CASCADE,
    score integer NOT NULL CONSTRAINT quiz_results_score_range CHECK (score >= 0),
    score_max integer NOT NULL CONSTRAINT quiz_results_score_max_range CHECK (score_max >= score),
    attempts integer NOT NULL CONSTRAINT quiz_results_attempts_range CHECK (attempts >= 1),
    passed boolean NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT quiz_results_pkey PRIMARY KEY (quiz_id, person_id)
);
CREATE INDEX quiz_results_person_id ON quiz_results (person_id, quiz_id);

-- Whose a quiz is to change.
CREATE VIEW quiz_tutors AS
    SELECT q.id AS quiz_id, t.person_id
    FROM quizzes q JOIN lessons l ON l.id = q.lesson_id JOIN course_tutors t ON t.course_id = l.course_id;

-- Who may see and take a quiz: those who are in its course, when all of it is published and its lesson is open to them.
CREATE VIEW quiz_takers AS
    SELECT q.id AS quiz_id, e.person_id
    FROM quizzes q JOIN lessons l ON l.id = q.lesson_id JOIN courses c ON c.id = l.course_id
        JOIN enrolments e ON e.course_id = l.course_id
    WHERE q.published_at IS NOT NULL AND l.published_at IS NOT NULL AND c.state <> 'draft' AND e.left_at IS NULL
        AND NOT EXISTS (
            SELECT FROM lesson_prerequisites r
            LEFT JOIN lesson_progress p ON p.lesson_id = r.requires_id AND p.person_id = e.person_id
            WHERE r.lesson_id = l.id AND p.completed_at IS NULL
        );
