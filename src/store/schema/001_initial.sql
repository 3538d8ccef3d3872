-- Times are microseconds since 1970 UTC. Ids of users and conversations are sanitised user ids.

CREATE TABLE users (
	id TEXT PRIMARY KEY,
	name TEXT NOT NULL,
	role TEXT NOT NULL CHECK (role IN ('user', 'admin')),
	image TEXT,
	password_hash TEXT, -- NULL: no sign-in by password
	created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Only the SHA-256 of a token is here: this file signs nobody in.
CREATE TABLE sessions (
	hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
	user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
	created_at INTEGER NOT NULL,
	seen_at INTEGER NOT NULL,
	expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_end ON sessions (expires_at);

CREATE TABLE signin_links (
	hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
	user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
	created_at INTEGER NOT NULL,
	expires_at INTEGER NOT NULL,
	used_at INTEGER -- NULL: not yet
) STRICT, WITHOUT ROWID;
CREATE INDEX signin_links_by_end ON signin_links (expires_at);

-- One per customer, with the customer's id.
CREATE TABLE conversations (
	id TEXT PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
	created_at INTEGER NOT NULL,
	updated_at INTEGER NOT NULL,
	last_message_id INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX conversations_by_activity ON conversations (updated_at);

-- AUTOINCREMENT: an id never comes back, so clients may keep "read up to".
CREATE TABLE messages (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
	user_id TEXT NOT NULL REFERENCES users (id),
	client_id TEXT NOT NULL,
	text TEXT NOT NULL,
	created_at INTEGER NOT NULL,
	UNIQUE (conversation_id, user_id, client_id)
) STRICT;
CREATE INDEX messages_by_conversation ON messages (conversation_id, id);

CREATE TABLE calls (
	cid TEXT PRIMARY KEY,
	type TEXT NOT NULL,
	id TEXT NOT NULL,
	created_by TEXT NOT NULL REFERENCES users (id),
	conversation_id TEXT REFERENCES conversations (id) ON DELETE CASCADE,
	created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- No references here: rooms of foreign LiveKit tokens have neither a call nor users.
CREATE TABLE call_sessions (
	id TEXT PRIMARY KEY,
	cid TEXT NOT NULL,
	conversation_id TEXT,
	started_by TEXT NOT NULL,
	started_at INTEGER NOT NULL,
	ended_at INTEGER -- NULL: live
) STRICT, WITHOUT ROWID;
CREATE INDEX call_sessions_by_call ON call_sessions (cid, started_at);
CREATE INDEX call_sessions_live ON call_sessions (id) WHERE ended_at IS NULL;

CREATE TABLE call_session_users (
	session_id TEXT NOT NULL,
	user_id TEXT NOT NULL,
	joined_at INTEGER NOT NULL,
	PRIMARY KEY (session_id, user_id)
) STRICT, WITHOUT ROWID;

-- What clients replay after `since`; a bounded window of the newest. Types are enum store_event_type.
CREATE TABLE events (
	cursor INTEGER PRIMARY KEY AUTOINCREMENT,
	type INTEGER NOT NULL,
	created_at INTEGER NOT NULL,
	conversation_id TEXT,
	message_id INTEGER REFERENCES messages (id) ON DELETE CASCADE,
	cid TEXT,
	session_id TEXT,
	user_id TEXT,
	user_name TEXT
) STRICT;
CREATE INDEX events_by_message ON events (message_id) WHERE message_id IS NOT NULL;
