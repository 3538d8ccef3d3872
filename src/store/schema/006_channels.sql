-- foreign_keys=OFF: the table is made anew, and dropping the old one must not take its messages along (db.c).
-- Direct and group conversations: a conversation need not be a customer's any more. Their ids hold a point, which no
-- user id does: direct.ann.bob, group.lunch.

CREATE TABLE conversations_new (
	id TEXT PRIMARY KEY,
	customer_id TEXT REFERENCES users (id) ON DELETE CASCADE, -- = id; NULL: a channel
	created_at INTEGER NOT NULL,
	updated_at INTEGER NOT NULL,
	last_message_id INTEGER,
	last_public_id INTEGER,
	status TEXT NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'pending', 'resolved')),
	status_at INTEGER, -- NULL: as it began
	assignee_id TEXT REFERENCES users (id) ON DELETE SET NULL,
	waiting_since INTEGER, -- the customer's oldest message without an answer; NULL: nobody waits
	away_at INTEGER -- when the answer outside of business hours was given last
) STRICT, WITHOUT ROWID;
INSERT INTO conversations_new SELECT id, id, created_at, updated_at, last_message_id, last_public_id, status, status_at, assignee_id,
	waiting_since, away_at FROM conversations;
DROP TABLE conversations;
ALTER TABLE conversations_new RENAME TO conversations;
CREATE INDEX conversations_by_activity ON conversations (updated_at);
CREATE INDEX conversations_by_customer ON conversations (customer_id) WHERE customer_id IS NOT NULL;

CREATE TABLE channels (
	id TEXT PRIMARY KEY REFERENCES conversations (id) ON DELETE CASCADE,
	type TEXT NOT NULL CHECK (type IN ('direct', 'group')),
	name TEXT, -- NULL: of a direct one
	created_by TEXT REFERENCES users (id) ON DELETE SET NULL,
	created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE channel_members (
	channel_id TEXT NOT NULL REFERENCES channels (id) ON DELETE CASCADE,
	user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
	owner INTEGER NOT NULL DEFAULT 0, -- 1: may change name and members
	joined_at INTEGER NOT NULL,
	PRIMARY KEY (channel_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX channel_members_by_user ON channel_members (user_id, channel_id);
