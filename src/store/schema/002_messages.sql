-- Messages that change: edited, deleted, quoted, reacted to; private notes of the team; who has read what.

ALTER TABLE messages ADD COLUMN updated_at INTEGER; -- NULL: as it was sent
ALTER TABLE messages ADD COLUMN deleted_at INTEGER; -- NULL: still there; a deleted one has the text ''
ALTER TABLE messages ADD COLUMN quoted_id INTEGER REFERENCES messages (id); -- NULL: no quote
ALTER TABLE messages ADD COLUMN private INTEGER NOT NULL DEFAULT 0; -- 1: a note of the team, not for the customer

-- What the customer sees last differs from what the team sees last when that is a note.
ALTER TABLE conversations ADD COLUMN last_public_id INTEGER;
UPDATE conversations SET last_public_id = last_message_id;

CREATE TABLE reactions (
	message_id INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
	type TEXT NOT NULL,
	user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
	created_at INTEGER NOT NULL,
	PRIMARY KEY (message_id, type, user_id)
) STRICT, WITHOUT ROWID;

-- Up to which message somebody has read, or has been given, a conversation. Never goes back by itself.
CREATE TABLE reads (
	conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
	user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
	read_id INTEGER NOT NULL DEFAULT 0,
	delivered_id INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (conversation_id, user_id)
) STRICT, WITHOUT ROWID;

-- Full-text search; store/search.c keeps it in step with the messages. Accents and case do not matter.
CREATE VIRTUAL TABLE message_search USING fts5 (text, content = 'messages', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2');
INSERT INTO message_search (message_search) VALUES ('rebuild');
