-- Media tokens that are refused though they have not expired: of sessions that were signed out ("ended"), and of
-- who was removed from a room ("barred"). A bounded window of the newest.
CREATE TABLE media_refusals (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	kind TEXT NOT NULL CHECK (kind IN ('ended', 'barred')),
	key TEXT NOT NULL,
	created_at INTEGER NOT NULL
) STRICT;
