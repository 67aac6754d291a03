-- Recordings of live classes, which are also the jobs of the recorders. What is recorded is in the blob store, below
-- `recordings/ID`; here is what is known of it.

CREATE TABLE recordings (
    id uuid CONSTRAINT recordings_pkey PRIMARY KEY,
    live_id uuid NOT NULL CONSTRAINT recordings_live_key UNIQUE
        CONSTRAINT recordings_live REFERENCES live_sessions ON DELETE CASCADE,
    course_id uuid NOT NULL CONSTRAINT recordings_course REFERENCES courses ON DELETE CASCADE,
    -- The beginning of its time line: that of the class.
    started_at timestamptz NOT NULL DEFAULT now(),
    state text NOT NULL DEFAULT 'waiting'
        CONSTRAINT recordings_state CHECK (state IN ('waiting', 'recording', 'ready', 'failed')),
    -- Counts up whenever a recorder takes it; who has an older number has lost it.
    run integer NOT NULL DEFAULT 0 CONSTRAINT recordings_run_range CHECK (run >= 0),
    -- Who took it last, and when another may.
    node text CONSTRAINT recordings_node_length CHECK (length(node) BETWEEN 1 AND 64),
    lease_until timestamptz NOT NULL DEFAULT now(),
    -- As far as recorders have said.
    duration_ms bigint NOT NULL DEFAULT 0 CONSTRAINT recordings_duration_range CHECK (duration_ms BETWEEN 0 AND 604800000),
    bytes bigint NOT NULL DEFAULT 0 CONSTRAINT recordings_bytes_range CHECK (bytes >= 0),
    is_playable boolean NOT NULL DEFAULT false,
    ended_at timestamptz,
    -- Of one that failed: why, for programs, and for those who run the recorders.
    reason text CONSTRAINT recordings_reason CHECK (reason IN
        ('disk_full', 'nothing_recorded', 'room_unreachable', 'store_unreachable', 'internal', 'abandoned')),
    detail text CONSTRAINT recordings_detail_length CHECK (length(detail) <= 500),
    -- What the recorder says about it, without its files.
    manifest jsonb,
    CONSTRAINT recordings_ended CHECK ((ended_at IS NOT NULL) = (state IN ('ready', 'failed'))),
    CONSTRAINT recordings_failed CHECK ((reason IS NOT NULL) = (state = 'failed')),
    CONSTRAINT recordings_taken CHECK (state <> 'recording' OR node IS NOT NULL)
);
-- A course's, the newest first.
CREATE INDEX recordings_course_id ON recordings (course_id, id);
-- Jobs, the oldest first.
CREATE INDEX recordings_open ON recordings (id) WHERE ended_at IS NULL;

-- Whole folders are doomed as single blobs are.
ALTER TABLE doomed_blobs ADD COLUMN is_folder boolean NOT NULL DEFAULT false;

-- However a recording is let go of, be it with its class or course, its folder is doomed by the same transaction; again an hour
-- later if somebody was still recording, who learns of it within seconds.
CREATE FUNCTION recordings_doom() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO doomed_blobs (blob, is_folder, upload_until)
    VALUES ('recordings/' || OLD.id, true, CASE WHEN OLD.ended_at IS NULL THEN now() + interval '1 h' ELSE now() END)
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
CREATE TRIGGER recordings_deleted AFTER DELETE ON recordings FOR EACH ROW EXECUTE FUNCTION recordings_doom();
