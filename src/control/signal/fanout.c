/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who came, connected or left without publishing anything, to everybody in the room. An update is a frame
 * for each member, so in a storm of joins the frames are the square of their number. A room that has told
 * something therefore waits, the longer the more people are there, and then tells all that happened
 * meanwhile in one update. (LiveKit's server lets such updates wait for up to 3 s.) Whatever else is told
 * about people, like their tracks, is told at once by room_announce, after what waits here: clients know
 * people by identity, and an old departure must not come after a new arrival.
 */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "control/signal/encode.h"
#include "control/signal/internal.h"

enum {
	SMALL = 16, /* a room with so many members always tells at once */
	EACH_US =
		1000, /* a member costs a frame: a room sends a thousand of them in a second, or */
	LONGEST_US = 400 * 1000,
};

static uint64_t pause_us(const struct room *r)
{
	uint64_t us = r->count * (uint64_t)EACH_US;

	return r->count <= SMALL ? 0 : us < LONGEST_US ? us : LONGEST_US;
}

/* What waits, those who left first; as `viewer` is told, or NULL: as all who were there before. */
struct batch {
	Lk__ParticipantInfo *left, **infos; /* owned */
	size_t n;
};

static void batch_fini(struct batch *b)
{
	free(b->left);
	free(b->infos);
}

static int batch_init(struct batch *b, const struct room *r)
{
	const struct departed *d;
	const struct member *m;
	size_t left = 0, changed = 0;

	list_each (d, &r->departed, in_room)
		left += !d->told;
	list_each (m, &r->members, in_room)
		changed += m->changed;
	*b = (struct batch){ .left = calloc(left + 1, sizeof *b->left),
			     .infos = calloc(left + changed + 1, sizeof(void *)) };
	return b->left && b->infos ? 0 : -1;
}

static void collect(struct batch *b, const struct room *r, const struct member *viewer)
{
	const struct departed *d;
	struct member *m;
	size_t left = 0;

	b->n = 0;
	list_each (d, &r->departed, in_room) {
		if (d->told || (viewer && d->at_us < viewer->admitted_us))
			continue;
		fill_departed(&b->left[left], d);
		b->infos[b->n++] = &b->left[left++];
	}
	list_each (m, &r->members, in_room)
		if (m->changed && m != viewer)
			b->infos[b->n++] = &m->info;
}

/* Whether it came after what waits began: it knows itself from `join`, and not those who had left. */
static bool is_new(const struct member *viewer, uint64_t first_left_us)
{
	return (viewer->changed && viewer->info.state == LK__PARTICIPANT_STATE__JOINED) ||
	       first_left_us < viewer->admitted_us;
}

static void tell(const struct room *r, struct batch *b)
{
	uint64_t first_left_us = UINT64_MAX;
	const struct departed *d;
	struct member *viewer;

	list_each (d, &r->departed, in_room)
		if (!d->told && d->at_us < first_left_us)
			first_left_us = d->at_us;
	collect(b, r, NULL);
	cleanup(packed_fini) struct packed packed = pack_updates(b->infos, b->n);
	list_each (viewer, &r->members, in_room) {
		if (!is_new(viewer, first_left_us)) {
			send_packed(viewer->session, &packed);
			continue;
		}
		collect(b, r, viewer);
		if (!b->n)
			continue;
		cleanup(packed_fini) struct packed own = pack_updates(b->infos, b->n);
		send_packed(viewer->session, &own);
	}
}

void fanout_flush(struct room *r)
{
	cleanup(batch_fini) struct batch batch = { 0 };
	struct departed *d;
	struct member *m;

	if (!r->fanout_waits)
		return;
	if (batch_init(&batch, r) < 0) {
		log_error("signal", "no memory for an update");
		return;
	}
	tell(r, &batch);
	list_each (d, &r->departed, in_room)
		d->told = true;
	list_each (m, &r->members, in_room)
		m->changed = false;
	r->fanout_waits = false;
	r->fanout_at_us = clock_now_us() + pause_us(r);
}

static void on_timer(uv_timer_t *timer)
{
	struct signal_hub *s = timer->data;
	uint64_t now = clock_now_us(), next = UINT64_MAX;
	struct room *r;

	list_each (r, &s->rooms, in_hub) {
		if (r->fanout_waits && now >= r->fanout_at_us)
			fanout_flush(r);
		if (r->fanout_waits && r->fanout_at_us < next)
			next = r->fanout_at_us;
	}
	if (next != UINT64_MAX) /* cannot fail with a callback */
		(void)uv_timer_start(timer, on_timer, next > now ? (next - now) / US_PER_MS + 1 : 1,
				     0);
}

static void soon(struct room *r)
{
	uv_timer_t *timer = &r->hub->fanout;
	uint64_t now = clock_now_us();

	r->fanout_waits = true;
	if (now >= r->fanout_at_us) {
		fanout_flush(r);
		return;
	}
	uint64_t ms = (r->fanout_at_us - now) / US_PER_MS + 1;
	if (!uv_is_active((uv_handle_t *)timer) || uv_timer_get_due_in(timer) > ms)
		(void)uv_timer_start(timer, on_timer, ms, 0);
}

void fanout_changed(struct member *m)
{
	if (m->token.hidden) {
		room_announce(m, m->info.state == LK__PARTICIPANT_STATE__JOINED ? m : NULL);
		return;
	}
	m->changed = true;
	soon(m->room);
}

void fanout_left(struct room *r, struct departed *d)
{
	d->told = false;
	soon(r);
}

void fanout_admit(struct room *r, const char *identity)
{
	const struct departed *d;

	list_each (d, &r->departed, in_room) {
		if (!d->told && strcmp(d->identity, identity) == 0) {
			fanout_flush(r);
			return;
		}
	}
}
