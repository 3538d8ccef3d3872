/* SPDX-License-Identifier: Apache-2.0 */
/* Rooms: looked up by name (joining) and by SID (the media plane's events), and the fan-out to
 * their members. */
#include <search.h>
#include <string.h>

#include "base/log.h"
#include "control/signal/encode.h"
#include "control/signal/internal.h"

static int compare_names(const void *a, const void *b)
{
	return strcmp(((const struct room *)a)->name, ((const struct room *)b)->name);
}

static int compare_sids(const void *a, const void *b)
{
	return strcmp(((const struct room *)a)->sid.text, ((const struct room *)b)->sid.text);
}

struct room *room_find(const struct signal_hub *s, const char *name)
{
	autofree char *copy = strdup(name);
	struct room key = { .name = copy };
	void *const *node = copy ? tfind(&key, &s->by_name, compare_names) : NULL;

	return node ? *node : NULL;
}

struct room *room_find_sid(const struct signal_hub *s, const struct sid *sid)
{
	struct room key = { .sid = *sid };
	void *const *node = tfind(&key, &s->by_sid, compare_sids);

	return node ? *node : NULL;
}

/* A room lives on one worker: the one with the fewest members now. */
static uint16_t least_loaded(const struct signal_hub *s)
{
	uint16_t best = 0;

	for (uint16_t i = 1; i < s->workers; i++)
		if (s->load[i] < s->load[best])
			best = i;
	return best;
}

static void room_unlink(struct room *r)
{
	(void)tdelete(r, &r->hub->by_name, compare_names); /* not found is fine */
	(void)tdelete(r, &r->hub->by_sid, compare_sids);
	list_remove(&r->in_hub);
	free(r->name);
	free(r);
}

struct room *room_new(struct signal_hub *s, const char *name)
{
	struct room *r = calloc(1, sizeof *r);

	if (!r)
		return NULL;
	r->hub = s;
	list_init(&r->in_hub);
	list_init(&r->members);
	signal_make_sid(s, "RM_", &r->sid);
	r->worker = least_loaded(s);
	r->created_wall_us = clock_wall_us();
	r->name = strdup(name);
	if (!r->name) {
		free(r);
		return NULL;
	}
	if (!tsearch(r, &s->by_name, compare_names) || !tsearch(r, &s->by_sid, compare_sids)) {
		room_unlink(r);
		return NULL;
	}
	list_append(&s->rooms, &r->in_hub);
	log_info("signal", "room opened room=%s worker=%u", r->sid.text, r->worker);
	return r;
}

void room_settle(struct room *r)
{
	if (!list_empty(&r->members))
		return;
	log_info("signal", "room closed room=%s", r->sid.text);
	room_unlink(r);
}

struct member *room_find_identity(const struct room *r, const char *identity)
{
	struct member *m;

	list_each (m, &r->members, in_room)
		if (strcmp(m->info.identity, identity) == 0)
			return m;
	return NULL;
}

struct member *room_find_member(const struct room *r, const char *sid)
{
	struct member *m;

	list_each (m, &r->members, in_room)
		if (strcmp(m->sid.text, sid) == 0)
			return m;
	return NULL;
}

struct track *room_find_track(const struct room *r, const char *sid, struct member **ret_owner)
{
	struct member *m;

	list_each (m, &r->members, in_room) {
		struct track *track = publish_find(m, sid);

		if (track) {
			*ret_owner = m;
			return track;
		}
	}
	return NULL;
}

void room_announce(const struct member *m, const struct member *except)
{
	cleanup(packed_fini) struct packed packed = pack_update(m);
	struct member *viewer;

	list_each (viewer, &m->room->members, in_room)
		if (viewer != except && member_sees(viewer, m))
			send_packed(viewer->session, &packed);
}

void room_tick(struct room *r, uint64_t now_us)
{
	struct member *m;

	if (!r->counters_changed ||
	    now_us - r->counters_at_us < (uint64_t)SIGNAL_COUNTERS_S * US_PER_S)
		return;
	r->counters_changed = false;
	r->counters_at_us = now_us;
	cleanup(packed_fini) struct packed packed = pack_room_update(r);
	list_each (m, &r->members, in_room)
		send_packed(m->session, &packed);
}
