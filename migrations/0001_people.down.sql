DROP TABLE identities, password_resets, refresh_tokens, sessions, people;
