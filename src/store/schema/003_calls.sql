-- Calls as people know them: types, members, rights, rings, history. JSON columns are objects or arrays as text; the
-- store looks into none but `custom`, for queries.

ALTER TABLE users ADD COLUMN guest INTEGER NOT NULL DEFAULT 0 CHECK (guest IN (0, 1));

ALTER TABLE calls ADD COLUMN updated_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE calls ADD COLUMN starts_at INTEGER;
ALTER TABLE calls ADD COLUMN ended_at INTEGER; -- NULL: not ended for good
ALTER TABLE calls ADD COLUMN backstage INTEGER NOT NULL DEFAULT 0;
ALTER TABLE calls ADD COLUMN custom TEXT NOT NULL DEFAULT '{}';
ALTER TABLE calls ADD COLUMN settings TEXT NOT NULL DEFAULT '{}'; -- what overrides the type's
UPDATE calls SET updated_at = created_at;
CREATE INDEX calls_by_creator ON calls (created_by, created_at);
CREATE INDEX calls_by_type ON calls (type, created_at);

-- The operator's own types, and changes to the built-in ones.
CREATE TABLE call_types (
	name TEXT PRIMARY KEY,
	settings TEXT NOT NULL,
	grants TEXT NOT NULL, -- role -> array of capabilities
	updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Who is listed on a call; who is in it now is known to the process only.
CREATE TABLE call_members (
	cid TEXT NOT NULL REFERENCES calls (cid) ON DELETE CASCADE,
	user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
	role TEXT NOT NULL,
	custom TEXT NOT NULL DEFAULT '{}',
	created_at INTEGER NOT NULL,
	updated_at INTEGER NOT NULL,
	PRIMARY KEY (cid, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX call_members_by_user ON call_members (user_id);

CREATE TABLE call_blocks (
	cid TEXT NOT NULL REFERENCES calls (cid) ON DELETE CASCADE,
	user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
	created_at INTEGER NOT NULL,
	PRIMARY KEY (cid, user_id)
) STRICT, WITHOUT ROWID;

-- What one person may do beyond, or not do in spite of, the role: names of capabilities with blanks between.
CREATE TABLE call_rights (
	cid TEXT NOT NULL REFERENCES calls (cid) ON DELETE CASCADE,
	user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
	granted TEXT NOT NULL,
	revoked TEXT NOT NULL,
	PRIMARY KEY (cid, user_id)
) STRICT, WITHOUT ROWID;

-- Open ones are what a restart has to end as missed.
CREATE TABLE call_rings (
	id TEXT PRIMARY KEY,
	cid TEXT NOT NULL,
	conversation_id TEXT,
	card TEXT NOT NULL, -- what the call's card says when nobody answers
	ring TEXT NOT NULL,
	started_at INTEGER NOT NULL,
	ended_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX call_rings_open ON call_rings (id) WHERE ended_at IS NULL;

-- One card for each ring that nobody answered and each session that is over.
CREATE TABLE call_history (
	id INTEGER PRIMARY KEY,
	cid TEXT NOT NULL,
	conversation_id TEXT,
	card TEXT NOT NULL,
	ended_at INTEGER NOT NULL
) STRICT;
CREATE INDEX call_history_by_conversation ON call_history (conversation_id, id);
CREATE INDEX call_history_by_call ON call_history (cid, id);

ALTER TABLE messages ADD COLUMN card TEXT; -- NULL: people's words

CREATE INDEX call_session_users_by_user ON call_session_users (user_id);

ALTER TABLE events ADD COLUMN payload TEXT; -- the frame, where it is not made from other rows

-- Who hears of an event that is not a conversation's.
CREATE TABLE event_audience (
	cursor INTEGER NOT NULL REFERENCES events (cursor) ON DELETE CASCADE,
	user_id TEXT NOT NULL,
	PRIMARY KEY (cursor, user_id)
) STRICT, WITHOUT ROWID;
