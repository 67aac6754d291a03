UPDATE recordings SET reason = NULL, detail = NULL WHERE state = 'ready';
ALTER TABLE recordings
    DROP CONSTRAINT recordings_reason_of,
    ADD CONSTRAINT recordings_failed CHECK ((reason IS NOT NULL) = (state = 'failed'));
