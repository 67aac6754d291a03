ALTER TABLE identities DROP COLUMN proves_email;
