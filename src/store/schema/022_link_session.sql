-- The sign-in that asked for a link for another device: without it the link is no more. NULL: made by the operator.
ALTER TABLE signin_links ADD COLUMN session BLOB REFERENCES sessions (hash) ON DELETE CASCADE;
CREATE INDEX signin_links_by_session ON signin_links (session) WHERE session IS NOT NULL;
