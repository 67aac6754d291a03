-- Whether the provider said, when the identity was made, that the person's address is theirs: see accounts/oidc/identity.rs.
ALTER TABLE identities ADD COLUMN proves_email boolean NOT NULL DEFAULT false;
