DROP TRIGGER live_sessions_deleted ON live_sessions;
DROP TRIGGER live_sessions_ended ON live_sessions;
DROP FUNCTION live_sessions_end_room;
DROP TABLE room_ends, class_polls, chat_messages;
ALTER TABLE live_sessions DROP COLUMN archive_seq, DROP COLUMN archive_epoch;
