/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The live sessions of all calls, in memory: who is in which room now. What happens is told by live_events.c, and media hears
 * of rights from live_media.c.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "control/calls/live_session.h"
#include "control/objects/objects.h"
#include "store/channels.h"

/* ---- memory ---- */

void live_unref(struct live *l)
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

struct live *live_find(struct calls *c, const char *cid)
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
	l->began_us = c->now_us();
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
	l->seats[l->seat_count++] = (struct seat){ .identity = copy,
						   .person = person,
						   .kinds = KINDS_UNKNOWN };
	person->seats++;
	rebuild_state(l);
	return person;
}

void calls_participant_joined(struct calls *c, const char *room, const char *identity,
			      const char *name)
{
	struct live *l = live_find(c, room);
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
		live_store(c, l, LIVE_STARTED, person);
	}
	if (!l->answered_at_us && l->state.participant_count > 1)
		l->answered_at_us = c->wall_us();
	if (person->seats == 1)
		live_store(c, l, LIVE_JOINED, person);
	/* However they got here: who is in the call does not ring (R48). */
	(void)rings_accept(c, l->cid, &person->user, "");
	live_admit(c, l);
}

void calls_participant_left(struct calls *c, const char *room, const char *identity)
{
	struct live *l = live_find(c, room);
	struct seat *seat = l ? find_seat(l, identity) : NULL;

	if (!seat)
		return;
	struct person *person = seat->person;
	free(seat->identity);
	*seat = l->seats[--l->seat_count];
	person->seats--;
	rebuild_state(l);
	if (person->seats == 0) {
		live_store(c, l, LIVE_LEFT, person);
		rings_left(c, l->cid, person->user.id);
	}
	if (l->seat_count == 0) {
		live_post_card(c, l);
		live_store(c, l, LIVE_ENDED, person);
		rings_call_ended(c, l->cid);
		if (l->state.conversation_id && store_is_channel(l->state.conversation_id))
			watch_remove_all(c, l->cid); /* its guests */
		live_remove(c, l);
	}
}

void calls_participant_quality(struct calls *c, const char *room, const char *identity,
			       unsigned connection)
{
	struct live *l = live_find(c, room);
	struct seat *seat = l ? find_seat(l, identity) : NULL;

	if (!seat)
		return;
	seat->connection = connection + 1;
	live_weigh(seat->person, c->now_us());
	seat->person->level = connection == LOST ? 0 : connection + 1;
}

/* What media shows changes with the names of the seats; the person's address stays. */
static void rename_person(struct calls *c, struct live *l, struct person *p,
			  const struct store_user *user)
{
	struct store_user changed = p->user;

	changed.name = user->name;
	struct store_user *own = store_user_dup(&changed);
	if (!own)
		return; /* the next call has the name */
	free(p->own);
	p->own = own;
	p->user = *own;
	for (size_t i = 0; i < l->seat_count; i++)
		if (l->seats[i].person == p && c->media.rename)
			c->media.rename(c->media.arg, l->cid, l->seats[i].identity, user->name);
}

void calls_user_renamed(struct calls *c, const struct store_user *user)
{
	struct live *l;

	rings_user_renamed(c, user);
	for (size_t b = 0; b < LIVE_BUCKETS; b++)
		list_each (l, &c->live[b], link)
			for (size_t i = 0; i < l->member_count; i++)
				if (strcmp(l->members[i]->user.id, user->id) == 0)
					rename_person(c, l, l->members[i], user);
}

/* ---- what others ask ---- */

const char *live_session_id(struct calls *c, const char *cid)
{
	struct live *l = live_find(c, cid);

	return l ? l->session_id : NULL;
}

static bool sits_in(const struct live *l, const char *user_id)
{
	for (size_t i = 0; i < l->member_count; i++)
		if (l->members[i]->seats && strcmp(l->members[i]->user.id, user_id) == 0)
			return true;
	return false;
}

bool live_has(struct calls *c, const char *cid, const char *user_id)
{
	struct live *l = live_find(c, cid);

	return l && sits_in(l, user_id);
}

bool live_has_others(struct calls *c, const char *cid, const char *user_id)
{
	struct live *l = live_find(c, cid);

	for (size_t i = 0; l && i < l->member_count; i++)
		if (l->members[i]->seats && strcmp(l->members[i]->user.id, user_id) != 0)
			return true;
	return false;
}

bool live_is_elsewhere(struct calls *c, const char *cid, const char *user_id)
{
	struct live *l;

	for (size_t i = 0; i < LIVE_BUCKETS; i++)
		list_each (l, &c->live[i], link)
			if (strcmp(l->cid, cid) != 0 && sits_in(l, user_id))
				return true;
	return false;
}

void live_audience(struct calls *c, const char *cid, void (*each)(void *arg, const char *user_id),
		   void *arg)
{
	struct live *l = live_find(c, cid);

	for (size_t i = 0; l && i < l->member_count; i++)
		each(arg, l->members[i]->user.id);
}

void live_note_card(struct calls *c, const char *cid)
{
	struct live *l = live_find(c, cid);

	if (l)
		l->carded = true;
}

void live_tick(struct calls *c)
{
	uint64_t now = c->now_us();
	struct live *l;

	for (size_t i = 0; i < LIVE_BUCKETS && c->live_count; i++)
		list_each (l, &c->live[i], link)
			if (l->most_us && now - l->began_us >= l->most_us) {
				l->most_us = 0; /* once */
				calls_end_overdue(c, l->cid);
			}
}

static json_t *seat_json(struct calls *c, const struct live *l, const struct seat *seat)
{
	static const char *const texts[] = { NULL, "poor", "good", "excellent", "lost" };
	const char *quality = seat->connection < countof(texts) ? texts[seat->connection] : NULL;
	json_t *o = json_pack("{s:o, s:s, s:o}", "user", object_user(&seat->person->user),
			      "identity", seat->identity, "quality",
			      quality ? json_string(quality) : json_null());

	if (o && c->media.describe)
		c->media.describe(c->media.arg, l->cid, seat->identity, o);
	return o;
}

static json_t *live_json(struct calls *c, const struct live *l)
{
	json_t *seats = json_array();

	for (size_t k = 0; k < l->seat_count; k++)
		(void)json_array_append_new(seats, seat_json(c, l, &l->seats[k]));
	json_t *o = json_pack("{s:s, s:s, s:o, s:o}", "cid", l->cid, "session_id", l->session_id,
			      "started_at", object_time(l->started_at_us), "participants", seats);

	if (o && l->state.conversation_id)
		(void)json_object_set_new(o, "conversation_id",
					  json_string(l->state.conversation_id));
	return o;
}

/* Who talks with whom in a channel is its members' business, not the team's. */
static bool is_private(const struct calls *c, const struct live *l, const struct store_user *who)
{
	const char *id = l->state.conversation_id;

	return id && store_is_channel(id) && !(c->open_to && c->open_to(c->chat, who, id));
}

json_t *calls_live_json(struct calls *c, const struct store_user *who)
{
	json_t *list = json_array();
	json_int_t hidden = 0, people = 0;
	struct live *l;

	for (size_t i = 0; i < LIVE_BUCKETS; i++)
		list_each (l, &c->live[i], link) {
			if (!is_private(c, l, who)) {
				(void)json_array_append_new(list, live_json(c, l));
				continue;
			}
			hidden++;
			people += (json_int_t)l->seat_count;
		}
	return json_pack("{s:o, s:{s:I, s:I}}", "calls", list, "private", "calls", hidden,
			 "participants", people);
}

const struct call_state *calls_state_find(struct calls *c, const char *cid)
{
	struct live *l = live_find(c, cid);

	return l ? &l->state : NULL;
}

size_t calls_live_count(const struct calls *c)
{
	return c->live_count;
}
