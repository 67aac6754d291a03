-- What was written and asked in live classes, and rooms that are to end.

ALTER TABLE live_sessions
    -- Up to which entry of which life of its room's log the archive has everything.
    ADD COLUMN archive_epoch text NOT NULL DEFAULT ''
        CONSTRAINT live_sessions_archive_epoch_length CHECK (length(archive_epoch) <= 64),
    ADD COLUMN archive_seq bigint NOT NULL DEFAULT 0 CONSTRAINT live_sessions_archive_seq_range CHECK (archive_seq >= 0);

-- A message is known by when it was written and its number in the room's log: numbers begin anew where a log was lost.
CREATE TABLE chat_messages (
    live_id uuid NOT NULL CONSTRAINT chat_messages_live REFERENCES live_sessions ON DELETE CASCADE,
    at timestamptz NOT NULL,
    number bigint NOT NULL CONSTRAINT chat_messages_number_range CHECK (number BETWEEN 1 AND 9007199254740991),
    -- NULL: nobody whom the school knows.
    person_id uuid CONSTRAINT chat_messages_person REFERENCES people ON DELETE CASCADE,
    -- As they were seen then.
    name text NOT NULL CONSTRAINT chat_messages_name_length CHECK (length(name) BETWEEN 1 AND 160),
    role text NOT NULL CONSTRAINT chat_messages_role CHECK (role IN ('student', 'co_tutor', 'tutor', 'admin')),
    -- Private ones are for tutors alone.
    audience text NOT NULL CONSTRAINT chat_messages_audience CHECK (audience IN ('everyone', 'moderators', 'person')),
    -- For whom an answer to one person is, if the school knows them.
    recipient_id uuid CONSTRAINT chat_messages_recipient REFERENCES people ON DELETE SET NULL,
    text text NOT NULL CONSTRAINT chat_messages_text_length CHECK (length(text) BETWEEN 1 AND 2000),
    reply_to bigint,
    edited_at timestamptz,
    is_pinned boolean NOT NULL,
    -- How many people reacted, by emoji.
    reactions jsonb NOT NULL CONSTRAINT chat_messages_reactions_length CHECK (length(reactions::text) <= 8000),
    CONSTRAINT chat_messages_pkey PRIMARY KEY (live_id, at, number),
    CONSTRAINT chat_messages_recipient_of_person CHECK (audience = 'person' OR recipient_id IS NULL)
);
CREATE INDEX chat_messages_person_id ON chat_messages (person_id);
CREATE INDEX chat_messages_recipient_id ON chat_messages (recipient_id) WHERE recipient_id IS NOT NULL;

-- Polls that are over: how many chose what, and never who.
CREATE TABLE class_polls (
    live_id uuid NOT NULL CONSTRAINT class_polls_live REFERENCES live_sessions ON DELETE CASCADE,
    opened_at timestamptz NOT NULL,
    number bigint NOT NULL CONSTRAINT class_polls_number_range CHECK (number BETWEEN 1 AND 9007199254740991),
    question text NOT NULL CONSTRAINT class_polls_question_length CHECK (length(question) BETWEEN 1 AND 500),
    options text[] NOT NULL CONSTRAINT class_polls_options_length CHECK (cardinality(options) BETWEEN 2 AND 10),
    is_multiple boolean NOT NULL,
    is_anonymous boolean NOT NULL,
    -- A question of the live quiz.
    is_quiz boolean NOT NULL,
    -- Whether the result is for tutors alone.
    is_for_tutors boolean NOT NULL,
    closed_at timestamptz NOT NULL,
    votes integer[] NOT NULL,
    voters integer NOT NULL CONSTRAINT class_polls_voters_range CHECK (voters >= 0),
    -- The options that were right, from 0.
    correct smallint[],
    CONSTRAINT class_polls_pkey PRIMARY KEY (live_id, opened_at, number),
    CONSTRAINT class_polls_votes CHECK (cardinality(votes) = cardinality(options)),
    CONSTRAINT class_polls_closed_after_opening CHECK (closed_at >= opened_at),
    CONSTRAINT class_polls_correct CHECK (is_quiz = (correct IS NOT NULL))
);

-- Rooms of classes that are over, until the rooms' service says that they are, and the archive has everything.
CREATE TABLE room_ends (
    room uuid CONSTRAINT room_ends_pkey PRIMARY KEY,
    since timestamptz NOT NULL DEFAULT now(),
    -- When to ask next, and how often that was done.
    ask_at timestamptz NOT NULL DEFAULT now(),
    asked integer NOT NULL DEFAULT 0
);
CREATE INDEX room_ends_ask_at ON room_ends (ask_at);

-- However a class that is live comes to an end, be it with its course, its room is to end by the same transaction.
CREATE FUNCTION live_sessions_end_room() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO room_ends (room) VALUES (OLD.id) ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
CREATE TRIGGER live_sessions_ended AFTER UPDATE OF state ON live_sessions
    FOR EACH ROW WHEN (OLD.state = 'live' AND NEW.state <> 'live') EXECUTE FUNCTION live_sessions_end_room();
CREATE TRIGGER live_sessions_deleted AFTER DELETE ON live_sessions
    FOR EACH ROW WHEN (OLD.state = 'live') EXECUTE FUNCTION live_sessions_end_room();
