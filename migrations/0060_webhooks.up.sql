-- Other systems that are told what happened.

CREATE TABLE webhooks (
    id uuid CONSTRAINT webhooks_pkey PRIMARY KEY,
    url text NOT NULL CONSTRAINT webhooks_url_length CHECK (length(url) BETWEEN 1 AND 2000),
    -- The kinds of events that are wanted; none: all.
    kinds text[] NOT NULL DEFAULT '{}' CONSTRAINT webhooks_kinds_count CHECK (cardinality(kinds) <= 50),
    -- What deliveries are signed with, and what they were signed with before, for a day.
    secret bytea NOT NULL CONSTRAINT webhooks_secret_length CHECK (length(secret) = 32),
    secret_before bytea,
    secret_before_until timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    -- Since when no delivery arrived.
    failing_since timestamptz,
    disabled_at timestamptz,
    disabled_reason text CONSTRAINT webhooks_disabled_reason CHECK (disabled_reason IN ('admin', 'failing', 'gone')),
    CONSTRAINT webhooks_disabled CHECK ((disabled_at IS NULL) = (disabled_reason IS NULL)),
    CONSTRAINT webhooks_secret_before CHECK ((secret_before IS NULL) = (secret_before_until IS NULL))
);

CREATE TABLE webhook_deliveries (
    id uuid CONSTRAINT webhook_deliveries_pkey PRIMARY KEY,
    webhook_id uuid NOT NULL CONSTRAINT webhook_deliveries_webhook REFERENCES webhooks ON DELETE CASCADE,
    -- The row of the outbox, which may be gone; none for a test.
    event_id bigint,
    kind text NOT NULL,
    body text NOT NULL,
    state text NOT NULL DEFAULT 'pending' CONSTRAINT webhook_deliveries_state CHECK (state IN ('pending', 'delivered', 'failed')),
    attempts integer NOT NULL DEFAULT 0,
    -- When it is tried next; for one that is under way, when it is tried by another if nothing is heard of it.
    next_at timestamptz NOT NULL DEFAULT now(),
    status integer,
    error text,
    created_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    CONSTRAINT webhook_deliveries_once UNIQUE (webhook_id, event_id),
    CONSTRAINT webhook_deliveries_end CHECK ((ended_at IS NULL) = (state = 'pending'))
);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (webhook_id, next_at) WHERE state = 'pending';
CREATE INDEX webhook_deliveries_newest ON webhook_deliveries (webhook_id, id);
CREATE INDEX webhook_deliveries_ended_at ON webhook_deliveries (ended_at) WHERE ended_at IS NOT NULL;
