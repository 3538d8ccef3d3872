/* SPDX-License-Identifier: Apache-2.0 */
/* Events: stored first, told afterwards, in that order; and who watches. */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/must.h"
#include "control/calls/internal.h"
#include "control/objects/objects.h"

json_t *frame_new(struct calls *c, const char *type, const char *cid, const char *conversation_id)
{
	json_t *frame = json_pack("{s:s, s:s, s:o}", "type", type, "cid", cid, "created_at",
				  object_time(c->wall_us()));

	if (frame && conversation_id)
		(void)json_object_set_new(frame, "conversation_id", json_string(conversation_id));
	return frame;
}

/* ---- who watches ---- */

struct watch {
	struct list in_calls;
	char user_id[RING_USER_SIZE];
	char cid[];
};

static struct watch *watch_find(struct calls *c, const char *cid, const char *user_id)
{
	struct watch *w;

	list_each (w, &c->watches, in_calls)
		if (strcmp(w->cid, cid) == 0 && strcmp(w->user_id, user_id) == 0)
			return w;
	return NULL;
}

static void watch_drop(struct calls *c, struct watch *w)
{
	list_remove(&w->in_calls);
	c->watch_count--;
	free(w);
}

void watch_add(struct calls *c, const char *cid, const char *user_id)
{
	if (strlen(user_id) >= RING_USER_SIZE || c->watch_count >= WATCHES_MAX ||
	    watch_find(c, cid, user_id))
		return;
	struct watch *w = malloc(sizeof *w + strlen(cid) + 1);
	if (!w)
		return; /* hears as a member or not at all */
	strcpy(w->user_id, user_id);
	strcpy(w->cid, cid);
	list_append(&c->watches, &w->in_calls);
	c->watch_count++;
}

void watch_remove(struct calls *c, const char *cid, const char *user_id)
{
	struct watch *w = watch_find(c, cid, user_id);

	if (w)
		watch_drop(c, w);
}

void watch_remove_all(struct calls *c, const char *cid)
{
	struct watch *w;

	list_each (w, &c->watches, in_calls)
		if (strcmp(w->cid, cid) == 0)
			watch_drop(c, w);
}

void watch_sweep(struct calls *c)
{
	struct watch *w;

	list_each (w, &c->watches, in_calls)
		if (c->online && !c->online(c->online_arg, w->user_id, NULL))
			watch_drop(c, w);
}

void watch_fini(struct calls *c)
{
	struct watch *w;

	list_each (w, &c->watches, in_calls)
		watch_drop(c, w);
}

struct store_audience watchers_of(struct calls *c, const char *cid)
{
	const char **ids = calloc(c->watch_count + 1, sizeof *ids);
	struct watch *w;
	size_t n = 0;

	list_each (w, &c->watches, in_calls)
		if (ids && strcmp(w->cid, cid) == 0)
			ids[n++] = w->user_id;
	return (struct store_audience){ ids, n };
}

/* ---- saying ---- */

/* On its way through the store. */
struct saying {
	struct calls *calls;
	json_t *frame;
	bool only;
};

static void tell(struct calls *c, const json_t *frame, int64_t cursor, bool only,
		 struct store_audience audience)
{
	const struct call_event event = {
		.cursor = cursor,
		.type = json_string_value(json_object_get(frame, "type")),
		.cid = json_string_value(json_object_get(frame, "cid")),
		.conversation_id = only ? NULL
					: json_string_value(
						  json_object_get(frame, "conversation_id")),
		.audience = audience,
		.frame = frame,
	};

	if (c->sink)
		c->sink(c->sink_arg, &event);
}

/* Also when it could not be stored: then it has no cursor. */
static void on_stored(void *arg, int status, int64_t cursor, struct store_audience audience)
{
	struct saying *s = arg;

	(void)status;
	tell(s->calls, s->frame, cursor, s->only, audience);
	json_decref(s->frame);
	free(s);
}

static void put(struct calls *c, const char *cid, const char *conversation_id, json_t *frame,
		bool only, struct store_audience audience)
{
	struct saying *s = must(malloc(sizeof *s));
	autofree char *text = must(json_dumps(must(frame), JSON_COMPACT));

	*s = (struct saying){ .calls = c, .frame = frame, .only = only };
	store_event_add(c->store,
			&(struct store_new_event){ .payload = text,
						   .cid = cid,
						   .session_id = live_session_id(c, cid),
						   .conversation_id = conversation_id,
						   .audience = audience,
						   .only = only,
						   .at_us = c->wall_us() },
			on_stored, s);
}

void say(struct calls *c, const char *cid, const char *conversation_id, json_t *frame)
{
	struct store_audience watchers = watchers_of(c, cid);

	put(c, cid, conversation_id, frame, false, watchers);
	free((void *)(uintptr_t)watchers.user_ids);
}

void say_to(struct calls *c, const char *cid, const char *const *user_ids, size_t n, json_t *frame)
{
	put(c, cid, NULL, frame, true, (struct store_audience){ user_ids, n });
}

/* ---- at once ---- */

struct crowd {
	const struct store_call *call;
	const char **ids;
	size_t n, capacity;
};

static void crowd_add(void *arg, const char *user_id)
{
	struct crowd *crowd = arg;

	for (size_t i = 0; i < crowd->call->blocked_count; i++)
		if (strcmp(crowd->call->blocked[i], user_id) == 0)
			return;
	for (size_t i = 0; i < crowd->n; i++)
		if (strcmp(crowd->ids[i], user_id) == 0)
			return;
	if (crowd->n == crowd->capacity) {
		size_t capacity = crowd->capacity ? 2 * crowd->capacity : 16;
		const char **ids = realloc(crowd->ids, capacity * sizeof *ids);

		if (!ids)
			return;
		crowd->ids = ids;
		crowd->capacity = capacity;
	}
	crowd->ids[crowd->n++] = user_id;
}

void say_live(struct calls *c, const struct store_call *call, json_t *frame)
{
	struct crowd crowd = { .call = call };
	struct watch *w;

	crowd_add(&crowd, call->created_by.id);
	for (size_t i = 0; i < call->member_count; i++)
		crowd_add(&crowd, call->members[i].user.id);
	list_each (w, &c->watches, in_calls)
		if (strcmp(w->cid, call->cid) == 0)
			crowd_add(&crowd, w->user_id);
	live_audience(c, call->cid, crowd_add, &crowd);
	tell(c, frame, 0, false, (struct store_audience){ crowd.ids, crowd.n });
	free(crowd.ids);
	json_decref(frame);
}

struct search {
	const char *user_id;
	bool found;
};

static void compare(void *arg, const char *user_id)
{
	struct search *search = arg;

	search->found |= strcmp(search->user_id, user_id) == 0;
}

void say_besides(struct calls *c, const struct store_call *call, const char *user_id, json_t *frame)
{
	struct search search = { .user_id = user_id };
	bool blocked = false;

	compare(&search, call->created_by.id);
	for (size_t i = 0; i < call->member_count; i++)
		compare(&search, call->members[i].user.id);
	live_audience(c, call->cid, compare, &search);
	search.found |= watch_find(c, call->cid, user_id) != NULL;
	for (size_t i = 0; i < call->blocked_count; i++)
		blocked |= strcmp(call->blocked[i], user_id) == 0;
	if (call->conversation_id || (search.found && !blocked))
		json_decref(frame); /* hears it with the others */
	else
		say_to(c, call->cid, &user_id, 1, frame);
}
