DROP INDEX password_resets_expires_at;
DROP INDEX sessions_expires_at;
DROP INDEX refresh_tokens_used_at;
