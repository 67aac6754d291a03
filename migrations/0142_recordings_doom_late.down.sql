CREATE OR REPLACE FUNCTION recordings_doom() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO doomed_blobs (blob, is_folder, upload_until)
    VALUES ('recordings/' || OLD.id, true, CASE WHEN OLD.ended_at IS NULL THEN now() + interval '1 h' ELSE now() END)
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
