DROP TABLE materials, doomed_blobs;
DROP FUNCTION materials_doom;
