-- What a portfolio shows of a lesson, and a bound for what is kept of watching.

ALTER TABLE lesson_progress
    -- How many tenths of the video were watched when a report last moved them. 10 is for a lesson that is complete.
    ADD COLUMN tenths smallint NOT NULL DEFAULT 0 CONSTRAINT lesson_progress_tenths_range CHECK (tenths BETWEEN 0 AND 9),
    -- When it was begun, moved by a tenth, or completed: of all times the one that a portfolio shows.
    ADD COLUMN moved_at timestamptz NOT NULL DEFAULT now();
UPDATE lesson_progress p SET moved_at = p.updated_at, tenths = coalesce(least(p.watched_s * 10 / l.video_s, 9), 0)
    FROM lessons l WHERE l.id = p.lesson_id;

-- Two sets of watched seconds as one. With more than 256 intervals, a single second between two of them counts as watched;
-- if more than 512 are left, the new set adds nothing. So a row has a bound, and no set is smaller than it was.
CREATE FUNCTION watched_united(kept int4multirange, new int4multirange) RETURNS int4multirange
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    united int4multirange := kept + new;
BEGIN
    -- An interval takes 13 bytes. Nearly always it ends here.
    IF pg_column_size(united) < 13 * 256 OR (SELECT count(*) <= 256 FROM unnest(united)) THEN
        RETURN united;
    END IF;
    -- A second longer, what was a second apart is one.
    SELECT range_agg(int4range(lower(part), upper(part) - 1)) INTO united
        FROM unnest((SELECT range_agg(int4range(lower(part), upper(part) + 1)) FROM unnest(united) AS part)) AS part;
    IF (SELECT count(*) > 512 FROM unnest(united)) THEN
        RETURN kept;
    END IF;
    RETURN united;
END
$$;
