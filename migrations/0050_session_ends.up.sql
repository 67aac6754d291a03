-- What nobody needs any more is deleted by the hour: see accounts/sweeper.rs.
CREATE INDEX refresh_tokens_used_at ON refresh_tokens (used_at) WHERE used_at IS NOT NULL;
CREATE INDEX sessions_expires_at ON sessions (expires_at);
CREATE INDEX password_resets_expires_at ON password_resets (expires_at);
