/* SPDX-License-Identifier: Apache-2.0 */
#include "control/calls/live.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

/* A user in a session, now or earlier. Its address stays, so that snapshots can point to it. */
struct person {
	struct store_user user;
	struct store_user *own; /* where user's texts are */
	size_t seats;		/* connections that are there now */
};

/* One connection. */
struct seat {
	char *identity;
	struct person *person;
};

/* Owned by the table while it is live, and by each event that is on its way to the sink. */
struct live {
	struct list link;
	unsigned refs;
	char *cid;
	char session_id[CALLS_SESSION_ID_SIZE];
	uint64_t started_at_us;
	struct person **members; /* everybody who ever came, in that order; only grows */
	size_t member_count;
	struct seat *seats;
	size_t seat_count;
	const struct store_user **present;
	struct call_state state; /* now */
};

/* An event on its way through the store, with the state as it was then. */
struct pending {
	struct calls *calls;
	struct live *live;
	enum call_event_type type;
	struct person *person;
	size_t member_count, present_count;
	const struct store_user *present[];
};

/* ---- memory ---- */

static void live_unref(struct live *l)
{
	if (--l->refs)
		return;
	for (size_t i = 0; i < l->member_count; i++) {
		free(l->members[i]->own);
		free(l->members[i]);
	}
	for (size_t i = 0; i < l->seat_count; i++)
		free(l->seats[i].identity);
	free(l->members);
	free(l->seats);
	free(l->present);
	free(l->cid);
	free(l);
}

static struct list *bucket(struct calls *c, const char *cid)
{
	uint32_t hash = 2166136261u; /* FNV-1a; who can name rooms holds the secret or an account */

	for (; *cid; cid++)
		hash = (hash ^ (uint8_t)*cid) * 16777619u;
	return &c->live[hash % LIVE_BUCKETS];
}

static struct live *find(struct calls *c, const char *cid)
{
	struct live *l;

	list_each (l, bucket(c, cid), link)
		if (strcmp(l->cid, cid) == 0)
			return l;
	return NULL;
}

void live_init(struct calls *c)
{
	for (size_t i = 0; i < LIVE_BUCKETS; i++)
		list_init(&c->live[i]);
}

static void live_remove(struct calls *c, struct live *l)
{
	list_remove(&l->link);
	c->live_count--;
	live_unref(l);
}

void live_fini(struct calls *c)
{
	struct live *l;

	for (size_t i = 0; i < LIVE_BUCKETS; i++)
		list_each (l, &c->live[i], link)
			live_remove(c, l);
}

static struct live *live_new(struct calls *c, const char *cid)
{
	struct live *l = calloc(1, sizeof *l);

	if (!l || !(l->cid = strdup(cid))) {
		free(l);
		return NULL;
	}
	l->refs = 1;
	l->started_at_us = c->wall_us();
	rng_name(c->rng, "cs_", l->session_id, sizeof l->session_id);
	l->state = (struct call_state){
		.cid = l->cid,
		.session_id = l->session_id,
		.conversation_id = calls_conversation(l->cid),
		.started_at_us = l->started_at_us,
	};
	list_append(bucket(c, cid), &l->link);
	c->live_count++;
	return l;
}

/* Room for one more element: the array is doubled at powers of two. */
static bool grow(void *at, size_t count, size_t size)
{
	void **array = at;

	if (count & (count - 1)) /* not 0, 1, 2, 4, 8, … */
		return true;
	void *bigger = realloc(*array, (count ? 2 * count : 1) * size);
	if (bigger)
		*array = bigger;
	return bigger != NULL;
}

static void rebuild_state(struct live *l)
{
	size_t n = 0;

	for (size_t i = 0; i < l->member_count; i++)
		if (l->members[i]->seats)
			l->present[n++] = &l->members[i]->user;
	l->state.participants = l->present;
	l->state.participant_count = n;
}

/* ---- to the sink ---- */

static void emit(struct calls *c, struct live *l, struct call_event *event, size_t member_count)
{
	autofree const char **ids = calloc(member_count + 1, sizeof *ids);

	if (!c->sink || !ids)
		return;
	for (size_t i = 0; i < member_count; i++)
		ids[i] = l->members[i]->user.id;
	event->cid = l->cid;
	event->session_id = l->session_id;
	event->conversation_id = l->state.conversation_id;
	event->member_ids = ids;
	event->member_count = member_count;
	c->sink(c->sink_arg, event);
}

/* Even when the store could not write: a call goes on while the disk is full.
 * Its events then have no cursor. */
static void on_stored(void *arg, int status, const struct store_user *user, int64_t cursor)
{
	struct pending *p = arg;
	struct live *l = p->live;
	struct store_user *own = user ? store_user_dup(user) : NULL;

	(void)status;
	if (own) { /* the account knows name, role and picture better than the token */
		free(p->person->own);
		p->person->own = own;
		p->person->user = *own;
	}
	struct call_state state = l->state;
	state.participants = p->present;
	state.participant_count = p->present_count;
	struct call_event event = { .type = p->type, .cursor = cursor, .state = &state };
	if (p->type == CALL_PARTICIPANT_JOINED || p->type == CALL_PARTICIPANT_LEFT)
		event.user = &p->person->user;
	emit(p->calls, l, &event, p->member_count);
	live_unref(l);
	free(p);
}

static struct pending *pending_new(struct calls *c, struct live *l, enum call_event_type type,
				   struct person *person)
{
	size_t n = l->state.participant_count;
	struct pending *p = calloc(1, sizeof *p + n * sizeof p->present[0]);

	if (!p)
		abort(); /* R61: a clean end and a restart */
	*p = (struct pending){ .calls = c,
			       .live = l,
			       .type = type,
			       .person = person,
			       .member_count = l->member_count,
			       .present_count = n };
	if (n)
		memcpy(p->present, l->present, n * sizeof p->present[0]);
	l->refs++;
	return p;
}

static void store_start(struct calls *c, struct live *l, struct person *person)
{
	store_call_session_start(
		c->store,
		&(struct store_session_start){ .session_id = l->session_id,
					       .cid = l->cid,
					       .conversation_id = l->state.conversation_id,
					       .user_id = person->user.id,
					       .user_name = person->user.name,
					       .at_us = l->started_at_us },
		on_stored, pending_new(c, l, CALL_SESSION_STARTED, person));
}

/* Leaving stores nothing;
 * the row of the coming is asked again, so that the event keeps its place in the order. */
static void store_coming(struct calls *c, struct live *l, enum call_event_type type,
			 struct person *person)
{
	store_call_session_join(c->store, l->session_id, person->user.id, c->wall_us(), on_stored,
				pending_new(c, l, type, person));
}

static void store_end(struct calls *c, struct live *l, struct person *last)
{
	store_call_session_end(c->store, l->session_id, c->wall_us(), on_stored,
			       pending_new(c, l, CALL_SESSION_ENDED, last));
}

/* ---- coming and going ---- */

/* "<user id>:<session>" is one of ours;
 * what has another form is somebody else's identity as a whole. */
static size_t user_id_length(const char *identity)
{
	size_t n = strspn(identity, "abcdefghijklmnopqrstuvwxyz0123456789@_-");

	return n >= 1 && n <= 64 && identity[n] == ':' ? n : strlen(identity);
}

static struct person *find_person(const struct live *l, const char *identity)
{
	size_t n = user_id_length(identity);

	for (size_t i = 0; i < l->member_count; i++) {
		const char *id = l->members[i]->user.id;

		if (strncmp(id, identity, n) == 0 && id[n] == '\0')
			return l->members[i];
	}
	return NULL;
}

static struct person *person_new(struct live *l, const char *identity, const char *name)
{
	autofree char *id = strndup(identity, user_id_length(identity));
	autofree struct person *p = calloc(1, sizeof *p);

	if (!id || !p || l->member_count == LIVE_MEMBERS_MAX ||
	    !grow(&l->present, l->member_count, sizeof *l->present) ||
	    !grow(&l->members, l->member_count, sizeof *l->members))
		return NULL;
	p->own = store_user_dup(&(struct store_user){
		.id = id, .name = name && *name ? name : id, .role = ROLE_USER });
	if (!p->own)
		return NULL;
	p->user = *p->own;
	l->members[l->member_count++] = p;
	return steal(p);
}

static struct seat *find_seat(const struct live *l, const char *identity)
{
	for (size_t i = 0; i < l->seat_count; i++)
		if (strcmp(l->seats[i].identity, identity) == 0)
			return &l->seats[i];
	return NULL;
}

static struct person *sit_down(struct live *l, const char *identity, const char *name)
{
	struct person *person = find_person(l, identity);
	char *copy = strdup(identity);

	if (!person)
		person = person_new(l, identity, name);
	if (!copy || !person || !grow(&l->seats, l->seat_count, sizeof *l->seats)) {
		free(copy);
		return NULL;
	}
	l->seats[l->seat_count++] = (struct seat){ .identity = copy, .person = person };
	person->seats++;
	rebuild_state(l);
	return person;
}

void calls_participant_joined(struct calls *c, const char *room, const char *identity,
			      const char *name)
{
	struct live *l = find(c, room);
	bool begins = !l;

	if (l && find_seat(l, identity)) /* a resume */
		return;
	if (begins && !(l = live_new(c, room)))
		return;
	struct person *person = sit_down(l, identity, name);
	if (!person) {
		if (begins)
			live_remove(c, l);
		return;
	}
	if (begins) {
		l->state.started_by = &person->user;
		store_start(c, l, person);
	}
	if (person->seats == 1)
		store_coming(c, l, CALL_PARTICIPANT_JOINED, person);
}

void calls_participant_left(struct calls *c, const char *room, const char *identity)
{
	struct live *l = find(c, room);
	struct seat *seat = l ? find_seat(l, identity) : NULL;

	if (!seat)
		return;
	struct person *person = seat->person;
	free(seat->identity);
	*seat = l->seats[--l->seat_count];
	person->seats--;
	rebuild_state(l);
	if (person->seats == 0)
		store_coming(c, l, CALL_PARTICIPANT_LEFT, person);
	if (l->seat_count == 0) {
		store_end(c, l, person);
		live_remove(c, l);
	}
}

bool live_reject(struct calls *c, const char *cid, const struct store_user *user,
		 const char *reason)
{
	struct live *l = find(c, cid);

	if (!l)
		return false;
	struct call_event event = {
		.type = CALL_REJECTED, .state = &l->state, .user = user, .reason = reason
	};
	l->refs++; /* the sink may do anything */
	emit(c, l, &event, l->member_count);
	live_unref(l);
	return true;
}

const struct call_state *calls_state_find(struct calls *c, const char *cid)
{
	struct live *l = find(c, cid);

	return l ? &l->state : NULL;
}

size_t calls_live_count(const struct calls *c)
{
	return c->live_count;
}
