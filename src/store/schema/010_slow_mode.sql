-- Slow mode of a group: seconds between two messages of a member who does not own it; 0 = off.

ALTER TABLE channels ADD COLUMN slow_mode_s INTEGER NOT NULL DEFAULT 0;
ALTER TABLE channel_members ADD COLUMN sent_at INTEGER NOT NULL DEFAULT 0; -- the last message under slow mode
