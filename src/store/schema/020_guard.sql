-- Where whoever acted came from; rows from before do not know it.
ALTER TABLE audit ADD COLUMN place TEXT; -- an address

-- How much each account stores ('': all of them), kept by triggers: also when rows go with their conversation or their person.
CREATE TABLE stored_files (
	user_id TEXT PRIMARY KEY,
	files INTEGER NOT NULL,
	bytes INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO stored_files SELECT user_id, count(*), sum(size) FROM attachments GROUP BY user_id;
INSERT INTO stored_files SELECT '', count(*), coalesce(sum(size), 0) FROM attachments;

-- Files on the disk whose rows are gone: removed from there, then from here.
CREATE TABLE gone_files (id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

CREATE TRIGGER attachments_come AFTER INSERT ON attachments BEGIN
	INSERT INTO stored_files (user_id, files, bytes) VALUES (NEW.user_id, 1, NEW.size), ('', 1, NEW.size)
		ON CONFLICT (user_id) DO UPDATE SET files = files + 1, bytes = bytes + excluded.bytes;
END;
CREATE TRIGGER attachments_go AFTER DELETE ON attachments BEGIN
	UPDATE stored_files SET files = files - 1, bytes = bytes - OLD.size WHERE user_id IN (OLD.user_id, '');
	DELETE FROM stored_files WHERE user_id = OLD.user_id AND files = 0;
	INSERT INTO gone_files (id) VALUES (OLD.id) ON CONFLICT (id) DO NOTHING;
END;
CREATE TRIGGER attachments_move AFTER UPDATE OF user_id ON attachments WHEN NEW.user_id <> OLD.user_id BEGIN
	UPDATE stored_files SET files = files - 1, bytes = bytes - OLD.size WHERE user_id = OLD.user_id;
	DELETE FROM stored_files WHERE user_id = OLD.user_id AND files = 0;
	INSERT INTO stored_files (user_id, files, bytes) VALUES (NEW.user_id, 1, NEW.size)
		ON CONFLICT (user_id) DO UPDATE SET files = files + 1, bytes = bytes + excluded.bytes;
END;
-- What was deleted before this step. From now on the row goes with its message (message_bury).
DELETE FROM attachments WHERE message_id IN (SELECT id FROM messages WHERE deleted_at IS NOT NULL);
-- Without these a person's or a conversation's end looks through all files.
CREATE INDEX attachments_by_user ON attachments (user_id);
CREATE INDEX attachments_by_conversation ON attachments (conversation_id);

-- Whom the cards of calls name, for merges and erasures; cards are written once.
CREATE TABLE message_people (
	user_id TEXT NOT NULL,
	message_id INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
	PRIMARY KEY (user_id, message_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX message_people_by_message ON message_people (message_id);
CREATE TABLE history_people (
	user_id TEXT NOT NULL,
	history_id INTEGER NOT NULL REFERENCES call_history (id) ON DELETE CASCADE,
	PRIMARY KEY (user_id, history_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX history_people_by_history ON history_people (history_id);

INSERT INTO message_people SELECT json_extract(card, '$.caller.id') AS who, id FROM messages WHERE card IS NOT NULL AND who IS NOT NULL
	UNION SELECT json_extract(value, '$.id') AS who, m.id FROM messages m, json_each(m.card, '$.participants') WHERE m.card IS NOT NULL AND who IS NOT NULL;
INSERT INTO history_people SELECT json_extract(card, '$.caller.id') AS who, id FROM call_history WHERE who IS NOT NULL
	UNION SELECT json_extract(value, '$.id') AS who, h.id FROM call_history h, json_each(h.card, '$.participants') WHERE who IS NOT NULL;
