-- Customers who turned out to be another one: what they had is the other's. NULL for everybody else. The row stays, so
-- that nobody else becomes them, and so that the shop's word for them leads to the other.

ALTER TABLE users ADD COLUMN merged_into TEXT REFERENCES users (id);
ALTER TABLE users ADD COLUMN merged_at INTEGER;
CREATE INDEX users_by_merger ON users (merged_into) WHERE merged_into IS NOT NULL;
