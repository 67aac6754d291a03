-- A recording that has ended may be written once more, by a recorder that comes late. So its folder is doomed again an hour later
-- if somebody had it within the last hour, whether it had ended or not.

CREATE OR REPLACE FUNCTION recordings_doom() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO doomed_blobs (blob, is_folder, upload_until)
    VALUES ('recordings/' || OLD.id, true,
        CASE WHEN OLD.ended_at IS NULL OR OLD.lease_until > now() - interval '1 h' THEN now() + interval '1 h' ELSE now() END)
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
