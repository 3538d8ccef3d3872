-- Deleting people: without this each of their messages would look through all others for quotes of it.
CREATE INDEX messages_by_quoted ON messages (quoted_id) WHERE quoted_id IS NOT NULL;
