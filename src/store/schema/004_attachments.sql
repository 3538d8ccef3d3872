-- Files of messages; their bytes lie in the folder `files`, under the id.
CREATE TABLE attachments (
	id TEXT PRIMARY KEY,
	conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
	user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
	message_id INTEGER REFERENCES messages (id), -- NULL: uploaded, not sent yet
	position INTEGER NOT NULL DEFAULT 0, -- within the message
	name TEXT NOT NULL,
	kind TEXT NOT NULL, -- a media type, told from the bytes
	size INTEGER NOT NULL,
	width INTEGER NOT NULL, -- of a picture; 0 = unknown
	height INTEGER NOT NULL,
	created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX attachments_by_message ON attachments (message_id, position) WHERE message_id IS NOT NULL;
CREATE INDEX attachments_unsent ON attachments (created_at) WHERE message_id IS NULL;
