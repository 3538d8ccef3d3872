/* SPDX-License-Identifier: Apache-2.0 */
/* Rooms: looked up by name (joining) and by SID (the media plane's events), and the fan-out to
 * their members. */
#include <errno.h>
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

void room_weigh(struct room *r, size_t count)
{
	r->hub->load[r->worker] += count * count - r->count * r->count;
	r->count = count;
}

static void room_unlink(struct room *r)
{
	(void)tdelete(r, &r->hub->by_name, compare_names); /* not found is fine */
	(void)tdelete(r, &r->hub->by_sid, compare_sids);
	list_remove(&r->in_hub);
	departed_fini(r);
	free(r->name);
	free(r->metadata);
	free(r);
}

struct room *room_new(struct signal_hub *s, const char *name)
{
	struct room *r = s->room_count < LIMIT_ROOMS ? calloc(1, sizeof *r) : NULL;

	if (!r)
		return NULL;
	r->hub = s;
	list_init(&r->in_hub);
	list_init(&r->members);
	list_init(&r->departed);
	signal_make_sid(s, "RM_", &r->sid);
	r->worker = capacity_place(s); /* for its whole life */
	r->created_wall_us = clock_wall_us();
	r->empty_timeout_s = SIGNAL_EMPTY_S;
	r->departure_timeout_s = SIGNAL_DEPARTURE_S;
	r->name = strdup(name);
	r->metadata = strdup("");
	if (!r->name || !r->metadata) {
		free(r->name);
		free(r->metadata);
		free(r);
		return NULL;
	}
	if (!tsearch(r, &s->by_name, compare_names) || !tsearch(r, &s->by_sid, compare_sids)) {
		room_unlink(r);
		return NULL;
	}
	list_append(&s->rooms, &r->in_hub);
	s->room_count++;
	room_settle(r);
	log_info("signal", "room opened room=%s worker=%u", r->sid.text, r->worker);
	return r;
}

void room_settle(struct room *r)
{
	uint64_t wait_s = r->entered ? r->departure_timeout_s : r->empty_timeout_s;

	if (!list_empty(&r->members))
		r->empty_by_us = 0;
	else
		r->empty_by_us = clock_now_us() + wait_s * US_PER_S;
}

void room_close(struct room *r)
{
	signal_observe(SIGNAL_ROOM_FINISHED, r, NULL, NULL);
	log_info("signal", "room closed room=%s", r->sid.text);
	r->hub->room_count--;
	room_unlink(r);
}

bool room_is_full(const struct room *r)
{
	size_t limit = r->hub->room_limit;

	if (r->max_participants && r->max_participants < limit)
		limit = r->max_participants;
	return r->visible >= limit;
}

int room_set_metadata(struct room *r, const char *metadata)
{
	char *copy = strlen(metadata) > LIMIT_METADATA ? NULL : strdup(metadata);

	if (!copy)
		return -EINVAL;
	free(r->metadata);
	r->metadata = copy;
	return 0;
}

int room_configure(struct room *r, const struct room_options *options)
{
	if (options->empty_timeout_s > SIGNAL_TIMEOUT_MAX_S ||
	    options->departure_timeout_s > SIGNAL_TIMEOUT_MAX_S)
		return -EINVAL;
	if (options->metadata && *options->metadata && room_set_metadata(r, options->metadata) < 0)
		return -EINVAL;
	if (options->max_participants)
		r->max_participants = options->max_participants;
	if (options->empty_timeout_s)
		r->empty_timeout_s = options->empty_timeout_s;
	if (options->departure_timeout_s)
		r->departure_timeout_s = options->departure_timeout_s;
	room_settle(r); /* an end that was set already counts anew */
	return 0;
}

/* A number of roomConfig in either spelling of proto-JSON; 0 when absent or odd. */
static uint32_t config_number(const json_t *config, const char *camel, const char *snake)
{
	const json_t *value = json_object_get(config, camel);
	json_int_t n = json_integer_value(value ? value : json_object_get(config, snake));

	return n < 0 || n > UINT32_MAX ? 0 : (uint32_t)n;
}

int room_configure_by_token(struct room *r, const json_t *room_config)
{
	struct room_options options = {
		.metadata = json_string_value(json_object_get(room_config, "metadata")),
		.max_participants = config_number(room_config, "maxParticipants",
						  "max_participants"),
		.empty_timeout_s = config_number(room_config, "emptyTimeout", "empty_timeout"),
		.departure_timeout_s = config_number(room_config, "departureTimeout",
						     "departure_timeout"),
	};

	return room_configure(r, &options);
}

/* ---- members ---- */

static int compare_identities(const void *a, const void *b)
{
	return strcmp(((const struct member *)a)->info.identity,
		      ((const struct member *)b)->info.identity);
}

static int compare_member_sids(const void *a, const void *b)
{
	return strcmp(((const struct member *)a)->sid.text, ((const struct member *)b)->sid.text);
}

int room_enter(struct room *r, struct member *m)
{
	struct member **node = tsearch(m, &r->by_identity, compare_identities);

	if (!node)
		return -ENOMEM;
	if (!tsearch(m, &r->by_sid, compare_member_sids)) {
		if (*node == m)
			(void)tdelete(m, &r->by_identity, compare_identities);
		return -ENOMEM;
	}
	*node = m;
	list_append(&r->members, &m->in_room);
	return 0;
}

void room_leave(struct room *r, struct member *m)
{
	if (room_find_identity(r, m->info.identity) == m) /* else another has come in its place */
		(void)tdelete(m, &r->by_identity, compare_identities);
	(void)tdelete(m, &r->by_sid, compare_member_sids);
	list_remove(&m->in_room);
}

struct member *room_find_identity(const struct room *r, const char *identity)
{
	struct member key;

	key.info.identity = (char *)(uintptr_t)identity; /* not written to */
	struct member *const *node = tfind(&key, &r->by_identity, compare_identities);
	return node ? *node : NULL;
}

struct member *room_find_member(const struct room *r, const char *sid)
{
	struct member key;

	if (strlen(sid) >= sizeof key.sid.text)
		return NULL;
	strcpy(key.sid.text, sid);
	struct member *const *node = tfind(&key, &r->by_sid, compare_member_sids);
	return node ? *node : NULL;
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
	fanout_flush(m->room);
	cleanup(packed_fini) struct packed packed = pack_update(m);
	struct member *viewer;

	list_each (viewer, &m->room->members, in_room)
		if (viewer != except && member_sees(viewer, m))
			send_packed(viewer->session, &packed);
}

void room_tick(struct room *r, uint64_t now_us)
{
	departed_tick(r, now_us);
	if (!r->counters_changed ||
	    now_us - r->counters_at_us < (uint64_t)SIGNAL_COUNTERS_S * US_PER_S)
		return;
	r->counters_changed = false;
	r->counters_at_us = now_us;
	room_tell(r);
}

void room_tell(struct room *r)
{
	struct member *m;

	cleanup(packed_fini) struct packed packed = pack_room_update(r);
	list_each (m, &r->members, in_room)
		send_packed(m->session, &packed);
}
