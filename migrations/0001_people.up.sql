-- People and how they sign in. Identifiers are UUIDs of version 7, made by the application, so that they sort by age.
-- Constraints have names: the application turns them into what a client can act on.

CREATE TABLE people (
    id uuid CONSTRAINT people_pkey PRIMARY KEY,
    -- As it was typed. Compared without regard to case: see people_email_key.
    email text NOT NULL CONSTRAINT people_email_length CHECK (length(email) BETWEEN 3 AND 254),
    name text NOT NULL CONSTRAINT people_name_length CHECK (length(name) BETWEEN 1 AND 80),
    role text NOT NULL CONSTRAINT people_role CHECK (role IN ('student', 'tutor', 'admin')),
    -- Argon2id in the PHC format; none for those who sign in elsewhere.
    password_hash text,
    -- Every access token carries the number; a token with a smaller one is void. Counts up with the role and suspensions.
    token_version integer NOT NULL DEFAULT 1,
    token_version_at timestamptz NOT NULL DEFAULT now(),
    suspended_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX people_email_key ON people (lower(email));
-- Which tokens became void a short time ago.
CREATE INDEX people_token_version_at ON people (token_version_at) WHERE token_version > 1;

-- A session is a browser or program that somebody signed in with, and a family of refresh tokens.
CREATE TABLE sessions (
    id uuid CONSTRAINT sessions_pkey PRIMARY KEY,
    person_id uuid NOT NULL CONSTRAINT sessions_person REFERENCES people ON DELETE CASCADE,
    -- What the client called itself, and where it last called from; for the person to recognise it.
    user_agent text NOT NULL CONSTRAINT sessions_user_agent_length CHECK (length(user_agent) <= 256),
    address inet NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    end_reason text CONSTRAINT sessions_end_reason
        CHECK (end_reason IN ('logout', 'reuse', 'password', 'suspension', 'too_many')),
    CONSTRAINT sessions_end CHECK ((ended_at IS NULL) = (end_reason IS NULL))
);
CREATE INDEX sessions_person ON sessions (person_id, id) WHERE ended_at IS NULL;
-- Which sessions ended a short time ago: their access tokens may still be good by themselves.
CREATE INDEX sessions_ended_at ON sessions (ended_at) WHERE ended_at IS NOT NULL;

-- Only the SHA-256 of a token is kept. One that was used stays, to notice when it is used again.
CREATE TABLE refresh_tokens (
    hash bytea CONSTRAINT refresh_tokens_pkey PRIMARY KEY
        CONSTRAINT refresh_tokens_hash_length CHECK (length(hash) = 32),
    session_id uuid NOT NULL CONSTRAINT refresh_tokens_session REFERENCES sessions ON DELETE CASCADE,
    issued_at timestamptz NOT NULL DEFAULT now(),
    used_at timestamptz,
    -- What the next token was made from, together with this one: see refresh_token.rs.
    successor_salt bytea,
    CONSTRAINT refresh_tokens_use CHECK ((used_at IS NULL) = (successor_salt IS NULL))
);
CREATE INDEX refresh_tokens_session ON refresh_tokens (session_id);

CREATE TABLE password_resets (
    hash bytea CONSTRAINT password_resets_pkey PRIMARY KEY
        CONSTRAINT password_resets_hash_length CHECK (length(hash) = 32),
    person_id uuid NOT NULL CONSTRAINT password_resets_person REFERENCES people ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL
);
CREATE INDEX password_resets_person ON password_resets (person_id);

-- Who somebody is at an OpenID Connect provider.
CREATE TABLE identities (
    issuer text NOT NULL,
    subject text NOT NULL,
    person_id uuid NOT NULL CONSTRAINT identities_person REFERENCES people ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT identities_pkey PRIMARY KEY (issuer, subject)
);
CREATE INDEX identities_person ON identities (person_id);
