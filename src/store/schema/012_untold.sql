-- Changes of a call whose events are not stored yet. After a crash in between, cursors from before are answered with
-- a resync (store_call_recover).

ALTER TABLE calls ADD COLUMN untold INTEGER NOT NULL DEFAULT 0;
CREATE INDEX calls_untold ON calls (cid) WHERE untold > 0;
