DROP TABLE recording_captions;
