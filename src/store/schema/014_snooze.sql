-- foreign_keys=OFF: the table is made anew, for one more status, and dropping the old one must not take its messages along (db.c).
-- Snoozed: put away until a time, or until the customer writes. And how much a conversation matters.

CREATE TABLE conversations_new (
	id TEXT PRIMARY KEY,
	customer_id TEXT REFERENCES users (id) ON DELETE CASCADE, -- = id; NULL: a channel
	created_at INTEGER NOT NULL,
	updated_at INTEGER NOT NULL,
	last_message_id INTEGER,
	last_public_id INTEGER,
	status TEXT NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'pending', 'snoozed', 'resolved')),
	status_at INTEGER, -- NULL: as it began
	assignee_id TEXT REFERENCES users (id) ON DELETE SET NULL,
	waiting_since INTEGER, -- the customer's oldest message without an answer; NULL: nobody waits
	away_at INTEGER, -- when the answer outside of business hours was given last
	snoozed_until INTEGER CHECK ((snoozed_until IS NOT NULL) = (status = 'snoozed')),
	priority INTEGER NOT NULL DEFAULT 1 CHECK (priority BETWEEN 0 AND 3) -- low, normal, high, urgent
) STRICT, WITHOUT ROWID;
INSERT INTO conversations_new (id, customer_id, created_at, updated_at, last_message_id, last_public_id, status, status_at, assignee_id,
	waiting_since, away_at) SELECT id, customer_id, created_at, updated_at, last_message_id, last_public_id, status, status_at,
	assignee_id, waiting_since, away_at FROM conversations;
DROP TABLE conversations;
ALTER TABLE conversations_new RENAME TO conversations;
CREATE INDEX conversations_by_activity ON conversations (updated_at);
CREATE INDEX conversations_by_customer ON conversations (customer_id) WHERE customer_id IS NOT NULL;
CREATE INDEX conversations_by_snooze ON conversations (snoozed_until) WHERE snoozed_until IS NOT NULL;
