-- The support layer: what becomes of a conversation, who looks after it, and what the team keeps beside it.

ALTER TABLE conversations ADD COLUMN status TEXT NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'pending', 'resolved'));
ALTER TABLE conversations ADD COLUMN status_at INTEGER; -- NULL: as it began
ALTER TABLE conversations ADD COLUMN assignee_id TEXT REFERENCES users (id) ON DELETE SET NULL;
ALTER TABLE conversations ADD COLUMN waiting_since INTEGER; -- the customer's oldest message without an answer; NULL: nobody waits
ALTER TABLE conversations ADD COLUMN away_at INTEGER; -- when the answer outside of business hours was given last

-- Lines of the server: what was done, with its value and the words to show for it. NULL: people's words, or a call's card.
ALTER TABLE messages ADD COLUMN activity TEXT;
ALTER TABLE messages ADD COLUMN activity_value TEXT;
ALTER TABLE messages ADD COLUMN activity_text TEXT;

-- From the customer's first message to the resolution; the next message begins another one.
CREATE TABLE support_cases (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
	opened_at INTEGER NOT NULL,
	replied_at INTEGER, -- the team's first answer
	replied_by TEXT,
	resolved_at INTEGER, -- NULL: open
	resolved_by TEXT,
	asked INTEGER NOT NULL DEFAULT 0, -- 1: the customer is asked how it was
	answered_at INTEGER, -- also when the question was skipped
	rating INTEGER CHECK (rating BETWEEN 1 AND 5), -- NULL: skipped, or not answered yet
	comment TEXT
) STRICT;
CREATE UNIQUE INDEX support_cases_open ON support_cases (conversation_id) WHERE resolved_at IS NULL;
CREATE INDEX support_cases_by_conversation ON support_cases (conversation_id, id);
CREATE INDEX support_cases_by_opening ON support_cases (opened_at);

CREATE TABLE labels (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	name TEXT NOT NULL COLLATE NOCASE UNIQUE,
	color TEXT NOT NULL, -- #rrggbb
	created_at INTEGER NOT NULL
) STRICT;
CREATE TABLE conversation_labels (
	conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
	label_id INTEGER NOT NULL REFERENCES labels (id) ON DELETE CASCADE,
	PRIMARY KEY (conversation_id, label_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX conversation_labels_by_label ON conversation_labels (label_id);

CREATE TABLE canned_replies (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	shortcut TEXT NOT NULL COLLATE NOCASE UNIQUE,
	text TEXT NOT NULL,
	updated_at INTEGER NOT NULL
) STRICT;

-- What a customer's own client says of itself (never trusted, shown only), and what the team notes of the person.
CREATE TABLE customers (
	user_id TEXT PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
	page TEXT, title TEXT, agent TEXT, language TEXT, time_zone TEXT,
	first_seen_at INTEGER, last_seen_at INTEGER,
	notes TEXT NOT NULL DEFAULT '', notes_by TEXT, notes_at INTEGER
) STRICT, WITHOUT ROWID;

-- Colleagues who are named in a private note.
CREATE TABLE mentions (
	message_id INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
	user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
	PRIMARY KEY (message_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX mentions_by_user ON mentions (user_id, message_id);

-- One JSON object for each name.
CREATE TABLE support_settings (
	name TEXT PRIMARY KEY,
	value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Who did what when. No references: it outlives whom and what it names.
CREATE TABLE audit (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	at INTEGER NOT NULL,
	actor_id TEXT NOT NULL,
	action TEXT NOT NULL,
	target TEXT,
	detail TEXT
) STRICT;
CREATE INDEX audit_by_actor ON audit (actor_id, id);
CREATE INDEX audit_by_action ON audit (action, id);
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append only'); END;
CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append only'); END;
