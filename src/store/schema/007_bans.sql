-- Who may not come in, until when and why.
CREATE TABLE bans (
	user_id TEXT PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
	reason TEXT NOT NULL, -- the person reads it
	by_id TEXT REFERENCES users (id) ON DELETE SET NULL,
	created_at INTEGER NOT NULL,
	until INTEGER -- NULL: for good
) STRICT, WITHOUT ROWID;
