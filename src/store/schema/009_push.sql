-- Where a browser gets notifications (RFC 8030): one per sign-in, and gone with it.
CREATE TABLE push_subscriptions (
	session BLOB PRIMARY KEY REFERENCES sessions (hash) ON DELETE CASCADE,
	user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
	endpoint TEXT NOT NULL UNIQUE,
	p256dh TEXT NOT NULL,
	auth TEXT NOT NULL,
	language TEXT NOT NULL, -- of the notification's own words
	created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX push_subscriptions_by_user ON push_subscriptions (user_id);
