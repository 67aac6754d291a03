ALTER TABLE lesson_progress SET (fillfactor = 80);
CREATE OR REPLACE FUNCTION multirange_s(intervals int4multirange) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (SELECT coalesce(sum(upper(part) - lower(part)), 0)::integer FROM unnest(intervals) AS part);
DROP FUNCTION multirange_parts_s;
