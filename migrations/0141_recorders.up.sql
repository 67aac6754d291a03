-- Who records: by which spool a recorder that is back is known, and who asks for work at all.

ALTER TABLE recordings
    -- The disk on which its last holder keeps what is not stored yet, and the process that had that disk. Who comes with the same
    -- spool in another process is its heir: a spool is one process's at a time.
    ADD COLUMN spool uuid,
    ADD COLUMN process uuid;

-- Recorders, and when each asked for work last.
CREATE TABLE recorders (
    node text CONSTRAINT recorders_pkey PRIMARY KEY CONSTRAINT recorders_node_length CHECK (length(node) BETWEEN 1 AND 64),
    asked_at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 50);
