-- Files of lessons: what is to be read, and the video. They are in the blob store; here is what is known of them.

CREATE TABLE materials (
    id uuid CONSTRAINT materials_pkey PRIMARY KEY,
    course_id uuid NOT NULL,
    lesson_id uuid NOT NULL,
    -- The lesson's video, or one of the files beside it.
    is_video boolean NOT NULL,
    -- For people alone: the store knows the file by another.
    name text NOT NULL CONSTRAINT materials_name_length CHECK (length(name) BETWEEN 1 AND 120),
    content_type text NOT NULL CONSTRAINT materials_content_type_length CHECK (length(content_type) BETWEEN 3 AND 127),
    bytes bigint NOT NULL CONSTRAINT materials_bytes_range CHECK (bytes >= 1),
    -- Of a video.
    video_s integer CONSTRAINT materials_video_s_range CHECK (video_s BETWEEN 1 AND 86400),
    blob text NOT NULL CONSTRAINT materials_blob_key UNIQUE,
    -- Until then its upload address is good: what is in the store may still change.
    upload_until timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    -- When what was sent was found to be what was announced; before, students do not see it.
    confirmed_at timestamptz,
    -- When that was looked at again, after the upload address had become void.
    settled_at timestamptz,
    CONSTRAINT materials_lesson FOREIGN KEY (course_id, lesson_id) REFERENCES lessons (course_id, id) ON DELETE CASCADE,
    CONSTRAINT materials_video CHECK (is_video = (video_s IS NOT NULL)),
    CONSTRAINT materials_settled CHECK (settled_at IS NULL OR confirmed_at IS NOT NULL)
);
CREATE INDEX materials_lesson_id ON materials (lesson_id, id);
CREATE INDEX materials_course_id ON materials (course_id);
-- A lesson has one video, and perhaps one that is to replace it.
CREATE UNIQUE INDEX materials_video_key ON materials (lesson_id, (confirmed_at IS NULL)) WHERE is_video;
CREATE INDEX materials_unsettled ON materials (upload_until) WHERE settled_at IS NULL;

-- Blobs that nothing refers to any more, until they are deleted for good.
CREATE TABLE doomed_blobs (
    blob text CONSTRAINT doomed_blobs_pkey PRIMARY KEY,
    -- When it is to be deleted next.
    due_at timestamptz NOT NULL DEFAULT now(),
    -- Somebody may send it again until then.
    upload_until timestamptz NOT NULL,
    attempts integer NOT NULL DEFAULT 0
);
CREATE INDEX doomed_blobs_due_at ON doomed_blobs (due_at);

-- However a file is let go of, be it with its lesson or course, its blob is doomed by the same transaction.
CREATE FUNCTION materials_doom() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO doomed_blobs (blob, upload_until) VALUES (OLD.blob, OLD.upload_until) ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
CREATE TRIGGER materials_deleted AFTER DELETE ON materials FOR EACH ROW EXECUTE FUNCTION materials_doom();
