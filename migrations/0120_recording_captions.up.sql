-- Captions of recordings, a language each: WebVTT that a tutor wrote or had written.

CREATE TABLE recording_captions (
    recording_id uuid NOT NULL CONSTRAINT recording_captions_recording REFERENCES recordings ON DELETE CASCADE,
    -- As BCP 47 writes it.
    language text NOT NULL CONSTRAINT recording_captions_language_length CHECK (length(language) BETWEEN 2 AND 24),
    -- What people call it.
    label text NOT NULL CONSTRAINT recording_captions_label_length CHECK (length(label) BETWEEN 1 AND 120),
    body text NOT NULL CONSTRAINT recording_captions_body_bytes CHECK (octet_length(body) <= 2097152),
    changed_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT recording_captions_pkey PRIMARY KEY (recording_id, language)
);
