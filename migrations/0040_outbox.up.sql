-- What happened in the school, for those who want to know: open pages, webhooks, other systems. A row is written in the
-- transaction that made it true, and stays for a day, so that a page that was away learns what it missed.

CREATE TABLE outbox (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT outbox_pkey PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now(),
    -- Whom it is about, if it is about one person, and in which course, if in one. No references: the row outlives both.
    person_id uuid,
    course_id uuid,
    -- Who learns of it: the person, the person and the course's tutors, or everybody in the course.
    audience text NOT NULL CONSTRAINT outbox_audience CHECK (audience IN ('person', 'tutors', 'course')),
    kind text NOT NULL CONSTRAINT outbox_kind_length CHECK (length(kind) BETWEEN 1 AND 64),
    -- The whole event as JSON.
    event jsonb NOT NULL,
    -- When it was handed on.
    sent_at timestamptz,
    CONSTRAINT outbox_addressed CHECK (CASE audience WHEN 'person' THEN person_id ELSE course_id END IS NOT NULL)
);
CREATE INDEX outbox_unsent ON outbox (id) WHERE sent_at IS NULL;
CREATE INDEX outbox_person ON outbox (person_id, id) WHERE person_id IS NOT NULL;
CREATE INDEX outbox_course ON outbox (course_id, id) WHERE course_id IS NOT NULL;
CREATE INDEX outbox_at ON outbox (at);

-- Wakes whoever hands events on, when the transaction commits.
CREATE FUNCTION outbox_notify() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NOTIFY outbox;
    RETURN NULL;
END
$$;
CREATE TRIGGER outbox_written AFTER INSERT ON outbox FOR EACH STATEMENT EXECUTE FUNCTION outbox_notify();
