-- The first message that somebody marked unread by hand; NULL: none. It takes back what they see of their own reading; others go on
-- being told of read_id, which never goes back.
ALTER TABLE reads ADD COLUMN unread_id INTEGER;
