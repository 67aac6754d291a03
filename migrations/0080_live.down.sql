DROP TABLE calendar_addresses, live_attendance, live_sessions;
