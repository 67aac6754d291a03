-- What can be played is ready, also when its end is missing: then it has the reason.

ALTER TABLE recordings
    DROP CONSTRAINT recordings_failed,
    ADD CONSTRAINT recordings_reason_of CHECK (
        CASE state WHEN 'failed' THEN reason IS NOT NULL WHEN 'ready' THEN true ELSE reason IS NULL END);
