-- What people said of a call that they were in: one opinion each, the last one counts.
CREATE TABLE call_feedback (
	session_id TEXT NOT NULL,
	user_id TEXT NOT NULL,
	rating INTEGER NOT NULL,
	reason TEXT,
	created_at INTEGER NOT NULL,
	PRIMARY KEY (session_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX call_feedback_by_time ON call_feedback (created_at);
CREATE INDEX call_feedback_by_user ON call_feedback (user_id);
