/* SPDX-License-Identifier: Apache-2.0 */
#include "store_double.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "control/chat/blocks.h"
#include "store/store.h"
#include "store/support.h"

/* ---- what is stored: one call, with two members and who is blocked ---- */

static struct {
	bool exists, blocked[2];
	char cid[64], type[32], id[32];
	uint64_t ended_at_us;
	bool backstage;
} row;

static const struct store_user people[] = { { .id = "ann", .name = "Ann" },
					    { .id = "bob", .name = "Bob" } };
static int64_t cursor;

static size_t person(const char *id)
{
	return strcmp(id, "ann") == 0 ? 0 : strcmp(id, "bob") == 0 ? 1 : 2;
}

/* ---- what waits ---- */

enum kind { FIND, CREATE, CHANGE, SESSION, EVENT, DONE, TYPES, RINGS };

struct waiting {
	struct waiting *next;
	enum kind kind;
	char cid[64], user[16];
	bool block, unblock, created;
	unsigned fields;
	uint64_t ended_at_us;
	bool backstage;
	void *done, *arg;
};

static struct waiting *first, **last = &first;

static struct waiting *add(enum kind kind, void *done, void *arg)
{
	struct waiting *w = calloc(1, sizeof *w);

	if (!w)
		abort();
	w->kind = kind;
	w->done = done;
	w->arg = arg;
	*last = w;
	last = &w->next;
	return w;
}

static void answer_call(const struct waiting *w, bool created)
{
	const struct store_call_member members[] = {
		{ .user = people[0], .role = "host", .custom = "{}" },
		{ .user = people[1], .role = "call_member", .custom = "{}" },
	};
	const char *blocked[2];
	size_t n = 0;

	for (size_t i = 0; i < 2; i++)
		if (row.blocked[i])
			blocked[n++] = people[i].id;
	struct store_call call = {
		.cid = row.cid,
		.type = row.type,
		.id = row.id,
		.created_by = people[0],
		.ended_at_us = row.ended_at_us,
		.backstage = row.backstage,
		.custom = "{}",
		.settings = "{}",
		.members = members,
		.member_count = 2,
		.blocked = blocked,
		.blocked_count = n,
	};
	bool found = row.exists && strcmp(w->cid, row.cid) == 0;

	if (w->user[0])
		call.subject = people[person(w->user) % 2];
	((store_call_fn *)w->done)(w->arg, found ? 0 : -ENOENT, found ? &call : NULL, created);
}

static void run(const struct waiting *w)
{
	const struct store_audience nobody = { 0 };

	switch (w->kind) {
	case CREATE:
		answer_call(w, w->created);
		return;
	case CHANGE:
		if (w->fields & CALL_ENDED_AT)
			row.ended_at_us = w->ended_at_us;
		if (w->fields & CALL_BACKSTAGE)
			row.backstage = w->backstage;
		if (w->block || w->unblock)
			row.blocked[person(w->user) % 2] = w->block;
		answer_call(w, false);
		return;
	case FIND:
		answer_call(w, false);
		return;
	case SESSION: {
		size_t i = person(w->user);

		((store_call_event_fn *)w->done)(w->arg, 0, i < 2 ? &people[i] : NULL, ++cursor,
						 &(struct store_session_hearers){ 0 });
		return;
	}
	case EVENT:
		((store_event_fn *)w->done)(w->arg, 0, ++cursor, nobody);
		return;
	case TYPES:
		((store_call_types_fn *)w->done)(w->arg, 0, NULL, 0);
		return;
	case RINGS:
		((store_rings_fn *)w->done)(w->arg, 0, NULL, 0);
		return;
	case DONE:
	default:
		((store_done_fn *)w->done)(w->arg, 0);
	}
}

size_t double_run(size_t n)
{
	size_t ran = 0;

	while (first && ran < n) {
		struct waiting *w = first;

		first = w->next;
		if (!first)
			last = &first;
		run(w);
		free(w);
		ran++;
	}
	return ran;
}

void double_reset(void)
{
	memset(&row, 0, sizeof row);
}

/* ---- the verbs ---- */

void store_call_find(struct store *s, const char *cid, store_call_fn *done, void *arg)
{
	(void)s;
	strncpy(add(FIND, done, arg)->cid, cid, 63);
}

void store_call_told(struct store *s, const char *cid, store_call_fn *done, void *arg)
{
	store_call_find(s, cid, done, arg);
}

void store_call_recover(struct store *s, store_done_fn *done, void *arg)
{
	(void)s;
	(void)add(DONE, done, arg);
}

void store_call_create(struct store *s, const struct store_new_call *call, store_call_fn *done,
		       void *arg)
{
	struct waiting *w = add(CREATE, done, arg);

	(void)s;
	strncpy(w->cid, call->cid, 63);
	w->created = !row.exists;
	row.exists = true;
	strncpy(row.cid, call->cid, sizeof row.cid - 1);
	strncpy(row.type, call->type, sizeof row.type - 1);
	strncpy(row.id, call->id, sizeof row.id - 1);
}

void store_call_change(struct store *s, const struct store_call_change *change, store_call_fn *done,
		       void *arg)
{
	struct waiting *w = add(CHANGE, done, arg);

	(void)s;
	strncpy(w->cid, change->cid, 63);
	strncpy(w->user, change->subject ? change->subject : "", 15);
	w->block = change->block;
	w->unblock = change->unblock;
	w->fields = change->fields;
	w->ended_at_us = change->ended_at_us;
	w->backstage = change->backstage;
}

static void session(const struct store_session_start *start, store_call_event_fn *done, void *arg)
{
	strncpy(add(SESSION, done, arg)->user, start->user_id, 15);
}

void store_call_session_start(struct store *s, const struct store_session_start *start,
			      store_call_event_fn *done, void *arg)
{
	(void)s;
	session(start, done, arg);
}

void store_call_session_join(struct store *s, const struct store_session_start *coming, bool left,
			     store_call_event_fn *done, void *arg)
{
	(void)s, (void)left;
	session(coming, done, arg);
}

void store_call_session_end(struct store *s, const struct store_session_start *start,
			    store_call_event_fn *done, void *arg)
{
	(void)s;
	session(start, done, arg);
}

void store_call_session_end_all(struct store *s, uint64_t at_us, store_done_fn *done, void *arg)
{
	(void)s, (void)at_us;
	(void)add(DONE, done, arg);
}

void store_event_add(struct store *s, const struct store_new_event *event, store_event_fn *done,
		     void *arg)
{
	(void)s, (void)event;
	(void)add(EVENT, done, arg);
}

void store_ring_start(struct store *s, const struct store_ring *ring, store_done_fn *done,
		      void *arg)
{
	(void)s, (void)ring;
	(void)add(DONE, done, arg);
}

void store_ring_end(struct store *s, const char *id, uint64_t at_us, store_done_fn *done, void *arg)
{
	(void)s, (void)id, (void)at_us;
	(void)add(DONE, done, arg);
}

void store_ring_end_all(struct store *s, uint64_t at_us, store_rings_fn *done, void *arg)
{
	(void)s, (void)at_us;
	(void)add(RINGS, done, arg);
}

void store_card_add(struct store *s, const struct store_card *card, store_done_fn *done, void *arg)
{
	(void)s, (void)card;
	(void)add(DONE, done, arg);
}

void store_call_type_list(struct store *s, store_call_types_fn *done, void *arg)
{
	(void)s;
	(void)add(TYPES, done, arg);
}

void store_call_type_put(struct store *s, const struct store_call_type *type, store_done_fn *done,
			 void *arg)
{
	(void)s, (void)type;
	(void)add(DONE, done, arg);
}

void store_call_type_delete(struct store *s, const char *name, store_done_fn *done, void *arg)
{
	(void)s, (void)name;
	(void)add(DONE, done, arg);
}

void store_call_list(struct store *s, const struct store_call_query *query, store_calls_fn *done,
		     void *arg)
{
	(void)s, (void)query;
	done(arg, 0, NULL, 0, false);
}

/* One field of each kind. */
enum store_field_kind store_call_field_kind(const char *field)
{
	static const struct {
		const char *name;
		enum store_field_kind kind;
	} fields[] = { { "id", FIELD_TEXT },	     { "type", FIELD_TEXT },
		       { "created_at", FIELD_TIME }, { "ongoing", FIELD_BOOL },
		       { "members", FIELD_MEMBERS }, { "custom.color", FIELD_CUSTOM } };

	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		if (strcmp(field, fields[i].name) == 0)
			return fields[i].kind;
	return FIELD_NONE;
}

bool store_call_field_sorts(const char *field)
{
	return store_call_field_kind(field) == FIELD_TIME;
}

struct store_user *store_user_dup(const struct store_user *user)
{
	size_t id = strlen(user->id) + 1, name = strlen(user->name) + 1;
	struct store_user *copy = malloc(sizeof *copy + id + name);

	if (!copy)
		return NULL;
	*copy = *user;
	copy->id = memcpy(copy + 1, user->id, id);
	copy->name = memcpy((char *)(copy + 1) + id, user->name, name);
	return copy;
}

const char *user_role_text(enum user_role role)
{
	return role == ROLE_ADMIN ? "admin" : "user";
}

const char *support_status_text(enum support_status status)
{
	(void)status;
	return "open";
}

const char *support_priority_text(enum support_priority priority)
{
	(void)priority;
	return "normal";
}

/* ---- chat ---- */

bool chat_has_blocked(const struct chat *c, const char *user_id, const char *blocked_id)
{
	(void)c, (void)user_id, (void)blocked_id;
	return false;
}

bool chat_may_see(const struct store_user *who, const char *conversation_id)
{
	return who->role == ROLE_ADMIN || strcmp(who->id, conversation_id) == 0;
}

void chat_add_card(struct chat *c, const char *conversation_id, const char *user_id,
		   const char *client_id, const char *text, const char *card)
{
	(void)c, (void)conversation_id, (void)user_id, (void)client_id, (void)text, (void)card;
}
