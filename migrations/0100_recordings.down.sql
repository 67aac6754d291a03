DROP TABLE recordings;
DROP FUNCTION recordings_doom();
DELETE FROM doomed_blobs WHERE is_folder;
ALTER TABLE doomed_blobs DROP COLUMN is_folder;
