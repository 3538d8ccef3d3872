-- Messages that the team is asked to look at. An open report keeps the words as they were; a closed one keeps none.
CREATE TABLE reports (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	message_id INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
	reporter_id TEXT REFERENCES users (id) ON DELETE SET NULL, -- NULL: the word list, or somebody who is gone
	word TEXT, -- of the word list; NULL: a person reported it
	reason TEXT NOT NULL,
	text TEXT NOT NULL, -- the message's, when it was reported
	created_at INTEGER NOT NULL,
	closed_at INTEGER, -- NULL: open
	closed_by TEXT
) STRICT;
CREATE UNIQUE INDEX reports_by_message ON reports (message_id, reporter_id);
CREATE INDEX reports_by_reporter ON reports (reporter_id) WHERE reporter_id IS NOT NULL;
CREATE INDEX reports_open ON reports (message_id, id) WHERE closed_at IS NULL;
