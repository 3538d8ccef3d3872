-- Whom a person does not want to hear from; they decide it for themselves, and nobody else is told.
CREATE TABLE blocks (
	user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE, -- who has blocked
	blocked_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
	created_at INTEGER NOT NULL,
	PRIMARY KEY (user_id, blocked_id)
) STRICT, WITHOUT ROWID;
