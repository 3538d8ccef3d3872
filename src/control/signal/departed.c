/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who left a room lately. A client that resumes is told, since it may have missed it, and one that
 * was itself taken out meanwhile is told so instead of being let in again.
 */
#include <string.h>

#include "control/signal/internal.h"

enum { DEPARTED_MAX = LIMIT_PARTICIPANTS_PER_ROOM };

static void drop(struct room *r, struct departed *d)
{
	list_remove(&d->in_room);
	r->departed_count--;
	free(d->identity);
	free(d);
}

static struct departed *oldest(const struct room *r)
{
	return list_empty(&r->departed) ? NULL
					: list_entry(r->departed.next, struct departed, in_room);
}

struct departed *departed_add(struct member *m)
{
	struct room *r = m->room;
	struct departed *d = calloc(1, sizeof *d);
	char *identity = strdup(m->info.identity);

	if (!d || !identity) { /* those who resume see a guest that is gone, until they rejoin */
		free(d);
		free(identity);
		return NULL;
	}
	*d = (struct departed){
		.sid = m->sid,
		.identity = identity,
		.version = m->info.version,
		.hidden = m->token.hidden,
		.reason = m->info.disconnect_reason,
		.told = true,
		.at_us = clock_now_us(),
	};
	list_init(&d->in_room);
	if (r->departed_count == DEPARTED_MAX) {
		fanout_flush(r);
		drop(r, oldest(r));
	}
	list_append(&r->departed, &d->in_room);
	r->departed_count++;
	return d;
}

const struct departed *departed_find(const struct room *r, const char *sid, const char *identity)
{
	const struct departed *d;

	list_each (d, &r->departed, in_room)
		if (strcmp(d->sid.text, sid) == 0 && strcmp(d->identity, identity) == 0)
			return d;
	return NULL;
}

void departed_tick(struct room *r, uint64_t now_us)
{
	struct departed *d;

	while ((d = oldest(r)) && now_us >= d->at_us + (uint64_t)SIGNAL_DEPARTED_S * US_PER_S)
		drop(r, d);
}

void departed_fini(struct room *r)
{
	struct departed *d;

	while ((d = oldest(r)))
		drop(r, d);
}
