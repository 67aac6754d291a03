-- Packagings: of a lesson's video, as it was uploaded, into what players stream. They are also jobs of the recorders. What is
-- made is in the blob store, below `videos/ID/RUN`; here is what is known of it.

CREATE TABLE packagings (
    -- That of the video.
    id uuid CONSTRAINT packagings_pkey PRIMARY KEY CONSTRAINT packagings_video REFERENCES materials ON DELETE CASCADE,
    state text NOT NULL DEFAULT 'waiting'
        CONSTRAINT packagings_state CHECK (state IN ('waiting', 'running', 'ready', 'refused', 'failed')),
    -- Counts up whenever a recorder takes it, and when it is given up; who has an older number has lost it.
    run integer NOT NULL DEFAULT 0 CONSTRAINT packagings_run_range CHECK (run >= 0),
    -- How often it was taken and not given back.
    attempts integer NOT NULL DEFAULT 0 CONSTRAINT packagings_attempts_range CHECK (attempts >= 0),
    -- Who took it last, and when another may.
    node text CONSTRAINT packagings_node_length CHECK (length(node) BETWEEN 1 AND 64),
    lease_until timestamptz NOT NULL DEFAULT now(),
    -- How much of the video was read by this run.
    bytes_read bigint NOT NULL DEFAULT 0 CONSTRAINT packagings_bytes_read_range CHECK (bytes_read >= 0),
    -- Of what was made.
    duration_ms bigint NOT NULL DEFAULT 0 CONSTRAINT packagings_duration_range CHECK (duration_ms BETWEEN 0 AND 604800000),
    bytes bigint NOT NULL DEFAULT 0 CONSTRAINT packagings_bytes_range CHECK (bytes >= 0),
    ended_at timestamptz,
    -- Why there is nothing, for programs; and for people: for tutors if it was refused, for operators if it failed.
    code text CONSTRAINT packagings_code_form CHECK (code ~ '^[a-z_]{1,40}$'),
    reason text CONSTRAINT packagings_reason_length CHECK (length(reason) <= 500),
    -- What the recorder says about it, without its files.
    manifest jsonb,
    CONSTRAINT packagings_ended CHECK ((ended_at IS NOT NULL) = (state IN ('ready', 'refused', 'failed'))),
    CONSTRAINT packagings_coded CHECK ((code IS NOT NULL) = (state IN ('refused', 'failed'))),
    CONSTRAINT packagings_taken CHECK (state <> 'running' OR node IS NOT NULL)
);
-- Jobs, the oldest first.
CREATE INDEX packagings_open ON packagings (id) WHERE ended_at IS NULL;

-- Those that are there already.
INSERT INTO packagings (id) SELECT id FROM materials WHERE is_video AND confirmed_at IS NOT NULL;

-- However a video is let go of, what was made of it is doomed by the same transaction; again an hour later if somebody was still
-- making it, who learns of it within seconds.
CREATE FUNCTION packagings_doom() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO doomed_blobs (blob, is_folder, upload_until)
    VALUES ('videos/' || OLD.id, true, CASE WHEN OLD.state = 'running' THEN now() + interval '1 h' ELSE now() END)
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
CREATE TRIGGER packagings_deleted AFTER DELETE ON packagings FOR EACH ROW EXECUTE FUNCTION packagings_doom();
