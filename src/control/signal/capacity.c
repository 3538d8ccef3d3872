/* SPDX-License-Identifier: Apache-2.0 */
/* Rooms and people, as admission.c wants them: what somebody who comes should cost, where a new room
 * goes, and who is refused because the media workers have enough to do. */
#include <string.h>

#include "base/log.h"
#include "control/signal/internal.h"

enum {
	LOG_US = 60 * 1000 * 1000, /* that people are refused, at most so often */
	STEPS = 20, /* workers that differ by less than a twentieth are equally busy */
};

void capacity_tick(struct signal_hub *s, uint64_t now_us)
{
	for (uint16_t i = 0; i < s->workers && s->time; i++) {
		struct admission_time time;

		if (s->time(s->send_arg, i, &time))
			admission_measure(&s->admission, i, now_us, &time, s->load[i] > 0);
	}
}

uint16_t capacity_place(const struct signal_hub *s)
{
	uint16_t best = 0;
	int least = 0;

	for (uint16_t i = 0; i < s->workers; i++) {
		int step = (int)(admission_load(&s->admission, i) * STEPS);

		if (i > 0 && (step > least || (step == least && s->load[i] >= s->load[best])))
			continue;
		best = i;
		least = step;
	}
	return best;
}

static uint64_t live_cost(const struct member *m)
{
	const struct track *track;
	uint64_t cost = 0;

	list_each (track, &m->tracks, in_member)
		if (track->live)
			cost += track->info.type == LK__TRACK_TYPE__AUDIO ? ADMISSION_AUDIO
									  : ADMISSION_VIDEO;
	return cost;
}

/* What the newcomer gets of all others, and they of it: in a small room everybody sends sound and
 * video, in a large one where most send something what the others send. */
static uint64_t join_cost(const struct room *r, const struct media_token *token)
{
	enum { SENDS = ADMISSION_AUDIO + ADMISSION_VIDEO };
	uint64_t gets = 0, now = clock_now_us();
	size_t senders = 0;
	const struct member *m;

	if (!r)
		return ADMISSION_PERSON;
	bool small = r->count < ADMISSION_SMALL;
	list_each (m, &r->members, in_room) {
		uint64_t cost = live_cost(m);

		if (!cost && small && m->token.can_publish &&
		    now < m->admitted_us + ADMISSION_YOUNG_US)
			cost = SENDS;
		gets += cost;
		senders += cost > 0;
	}
	bool sends = token->can_publish && (small || senders * 2 > r->count);
	return ADMISSION_PERSON + (token->can_subscribe ? gets : 0) +
	       (sends ? (small ? (uint64_t)SENDS * r->count : gets) : 0);
}

/* Whether two identities are one user's: "ann:" and a random part, new for each join (calls.h); and
 * of which `b` may be just the user's id. */
static bool same_user(const char *a, const char *b)
{
	enum { RANDOM = 12 };
	const char *end_a = strrchr(a, ':'), *end_b = strrchr(b, ':');
	size_t n = end_a && strlen(end_a + 1) == RANDOM ? (size_t)(end_a - a) : strlen(a);
	size_t m = end_b && strlen(end_b + 1) == RANDOM ? (size_t)(end_b - b) : strlen(b);

	return n == m && memcmp(a, b, n) == 0;
}

/* Who is in the room already and comes again has their place. */
static bool is_known(const struct room *r, const char *identity)
{
	const struct member *m;

	list_each (m, &r->members, in_room)
		if (same_user(m->info.identity, identity))
			return true;
	return false;
}

static void note(struct signal_hub *s, uint16_t worker)
{
	uint64_t now = clock_now_us();

	s->gauges.refused_full++;
	if (s->full_logged_us && now < s->full_logged_us + LOG_US)
		return;
	s->full_logged_us = now;
	log_warn(
		"signal",
		"people are refused: media worker %u uses %.0f %% of its core fix=\"more cores, or "
		"--media-load\"",
		worker, admission_busy(&s->admission, worker) * 100);
}

bool capacity_lacks(struct signal_hub *s, const struct media_token *token)
{
	const struct room *r = room_find(s, token->room);
	uint16_t worker = r ? r->worker : capacity_place(s);

	if ((r && is_known(r, token->identity)) ||
	    admission_admits(&s->admission, worker, ADMISSION_JOIN, join_cost(r, token)))
		return false;
	note(s, worker);
	return true;
}

bool signal_is_full(struct signal_hub *s, const char *room, const char *user_id)
{
	autofree char *name = strdup(room), *identity = strdup(user_id);
	const struct media_token token = {
		.room = name, .identity = identity, .can_publish = true, .can_subscribe = true
	};

	return name && identity && capacity_lacks(s, &token);
}

void capacity_admitted(struct member *m)
{
	m->expected = join_cost(m->room, &m->token);
	admission_expect(&m->room->hub->admission, m->room->worker, m->expected);
}

void capacity_arrived(struct member *m)
{
	admission_arrived(&m->room->hub->admission, m->room->worker, m->expected);
	m->expected = 0;
}

void capacity_left(struct member *m)
{
	admission_given_up(&m->room->hub->admission, m->room->worker, m->expected);
	m->expected = 0;
}

bool capacity_lacks_for_track(const struct member *m, bool video)
{
	struct signal_hub *s = m->room->hub;
	uint64_t cost = (video ? ADMISSION_VIDEO : ADMISSION_AUDIO) * (m->room->count - 1);

	if (admission_admits(&s->admission, m->room->worker, ADMISSION_PUBLISH, cost))
		return false;
	note(s, m->room->worker);
	return true;
}

double signal_busy(const struct signal_hub *s, uint16_t worker)
{
	return worker < s->workers ? admission_busy(&s->admission, worker) : 0;
}
