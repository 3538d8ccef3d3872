/* SPDX-License-Identifier: Apache-2.0 */
/* Name, metadata and attributes: from the token at first, changed by update_metadata when the token
 * allows it. */
#include <errno.h>
#include <string.h>

#include "control/signal/encode.h"
#include "control/signal/internal.h"

struct entries {
	Lk__StringEntry **items;
	size_t n;
};

static int put(struct arena *arena, struct entries *entries, const char *key, const char *value)
{
	for (size_t i = 0; i < entries->n; i++) {
		if (strcmp(entries->items[i]->key, key) != 0)
			continue;
		if (*value) {
			entries->items[i]->value = arena_text(arena, value);
			return entries->items[i]->value ? 0 : -ENOMEM;
		}
		entries->items[i] = entries->items[--entries->n]; /* an empty value deletes */
		return 0;
	}
	if (!*value)
		return 0;
	if (entries->n >= LIMIT_ATTRIBUTES)
		return -ENOSPC;
	Lk__StringEntry *entry = arena_alloc(arena, sizeof *entry);
	if (!entry)
		return -ENOMEM;
	lk__string_entry__init(entry);
	entry->key = arena_text(arena, key);
	entry->value = arena_text(arena, value);
	entries->items[entries->n++] = entry;
	return entry->key && entry->value ? 0 : -ENOMEM;
}

static int entries_init(struct arena *arena, struct entries *ret)
{
	*ret = (struct entries){ .items = arena_alloc(arena, LIMIT_ATTRIBUTES * sizeof(void *)) };
	return ret->items ? 0 : -ENOMEM;
}

int metadata_init(struct member *m)
{
	struct entries entries;
	const char *key;
	json_t *value;

	m->texts = arena_of(LIMIT_METADATA);
	if (!m->token.attributes || json_object_size(m->token.attributes) == 0)
		return 0;
	int r = entries_init(&m->texts, &entries);
	json_object_foreach(m->token.attributes, key, value)
	{
		if (r == 0 && json_is_string(value))
			r = put(&m->texts, &entries, key, json_string_value(value));
	}
	m->info.attributes = entries.items;
	m->info.n_attributes = entries.n;
	return r;
}

static bool given(const char *text)
{
	return text && *text;
}

/* Everything anew in a fresh arena, so that changing often does not pile up. */
static int rebuild(const struct member *m, const Lk__UpdateParticipantMetadata *request,
		   struct arena *arena, Lk__ParticipantInfo *info)
{
	struct entries entries;
	int r = entries_init(arena, &entries);

	/* JS sends the present name and metadata along, or "": not an order to clear
	 * (livekit-protocol 3.8) */
	info->name = arena_text(arena, given(request->name) ? request->name : m->info.name);
	info->metadata = arena_text(arena, given(request->metadata) ? request->metadata
								    : m->info.metadata);
	for (size_t i = 0; r == 0 && i < m->info.n_attributes; i++)
		r = put(arena, &entries, m->info.attributes[i]->key, m->info.attributes[i]->value);
	for (size_t i = 0; r == 0 && i < request->n_attributes; i++) {
		const Lk__StringEntry *entry = request->attributes[i];

		if (given(entry->key))
			r = put(arena, &entries, entry->key, entry->value ? entry->value : "");
	}
	info->attributes = entries.items;
	info->n_attributes = entries.n;
	bool lost = (m->info.name && !info->name) || (m->info.metadata && !info->metadata);
	return r == 0 && lost ? -ENOMEM : r;
}

/* Until the first change the participant's texts are the token's own: nothing to replace then. */
static void replace_text(char **at, const char *text)
{
	char *copy = text && text != *at ? strdup(text) : NULL;

	if (copy) { /* else the old one stays: only a renewed token would show it */
		free(*at);
		*at = copy;
	}
}

/* What the client shows when it joins again: the next refresh_token carries the new values. */
void metadata_renew_token(struct member *m)
{
	json_t *attributes = json_object();

	replace_text(&m->token.name, m->info.name);
	replace_text(&m->token.metadata, m->info.metadata);
	for (size_t i = 0; attributes && i < m->info.n_attributes; i++)
		(void)json_object_set_new(attributes, m->info.attributes[i]->key,
					  json_string(m->info.attributes[i]->value));
	if (attributes) {
		json_decref(m->token.attributes);
		m->token.attributes = attributes;
	}
	member_refresh_token(m);
}

static void refuse(struct session *session, const Lk__SignalRequest *message,
		   Lk__RequestReason reason)
{
	char denied[] = "The token does not allow changing one's own name, metadata and "
			"attributes: it needs "
			"canUpdateOwnMetadata, which tokens of Confab's own calls never have.";
	char big[] = "Name, metadata and attributes are too large.";
	char *cause = reason == LK__REQUEST_REASON__NOT_ALLOWED ? denied : big;

	send_request_response(session, message->update_metadata->request_id, reason, cause,
			      message);
}

int metadata_change(struct member *m, const Lk__UpdateParticipantMetadata *request)
{
	struct arena arena = arena_of(LIMIT_METADATA);
	Lk__ParticipantInfo changed = m->info;
	int r = rebuild(m, request, &arena, &changed);

	if (r < 0) {
		arena_fini(&arena);
		return r;
	}
	arena_fini(&m->texts);
	m->texts = arena;
	m->info = changed;
	member_touch(m);
	room_announce(m, NULL);
	return 0;
}

void metadata_request(struct session *session, const Lk__SignalRequest *message)
{
	const Lk__UpdateParticipantMetadata *request = message->update_metadata;
	struct member *m = session->member;

	if (!m->token.can_update_own_metadata) {
		refuse(session, message, LK__REQUEST_REASON__NOT_ALLOWED);
		return;
	}
	/* JS waits for the update with its own values, Rust and Flutter for the response: both, in
	 * this order */
	if (metadata_change(m, request) < 0) {
		refuse(session, message, LK__REQUEST_REASON__LIMIT_EXCEEDED);
		return;
	}
	send_request_response(session, request->request_id, LK__REQUEST_REASON__OK, NULL, NULL);
	metadata_renew_token(m);
}
