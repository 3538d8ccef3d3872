-- Voice notes: recorded sound that its sender's client has measured.

ALTER TABLE attachments ADD COLUMN duration_ms INTEGER NOT NULL DEFAULT 0; -- 0: no voice note
ALTER TABLE attachments ADD COLUMN waveform TEXT NOT NULL DEFAULT ''; -- a hex digit of loudness for each bar
