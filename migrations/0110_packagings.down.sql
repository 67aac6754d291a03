DROP TABLE packagings;
DROP FUNCTION packagings_doom;
