/* SPDX-License-Identifier: Apache-2.0 */
#include "media/sfu/data_wait.h"

#include "base/limits.h"
#include "media/sfu/leg.h"
#include "media/sfu/participant.h"

void data_wait_init(struct data_wait *w)
{
	list_init(&w->in_waiters);
	list_init(&w->waiters);
}

void data_wait_fini(struct data_wait *w)
{
	struct data_wait *sender;

	list_remove(&w->in_waiters);
	list_each (sender, &w->waiters, in_waiters) {
		list_remove(&sender->in_waiters);
		sender->on = NULL;
	}
}

struct participant *data_wait_first(const struct participant *to)
{
	const struct list *waiters = &to->data_wait.waiters;

	return list_empty(waiters)
		       ? NULL
		       : list_entry(waiters->next, struct participant, data_wait.in_waiters);
}

/* Much waits for it: whether it is done without, from now on. */
static bool gives_up(struct participant *to, uint64_t now)
{
	struct leg *l = &to->subscriber.leg;
	struct data_wait *w = &to->data_wait;
	uint64_t delivered = channels_delivered(&l->data);
	bool up = channels_are_up(&l->data);

	if (!w->slow_since || (w->early && up)) {
		w->slow_since = now;
		w->delivered_by = delivered;
		w->early = !up;
	}
	if (!up)
		return now - w->slow_since >= DATA_EARLY_US;
	if (now - w->slow_since < DATA_SLOW_US)
		return false;
	if (delivered - w->delivered_by < DATA_SLOW_LEAST) {
		leg_fail(l, "takes reliable data too slowly: under 40 KB in 10 s, and others wait");
		return true;
	}
	w->slow_since = now;
	w->delivered_by = delivered;
	return false;
}

bool data_wait_has_room(struct participant *to, const struct participant *from, uint64_t now)
{
	const struct leg *l = &to->subscriber.leg;
	const struct participant *first = data_wait_first(to);
	size_t waits = channels_buffered(&l->data);

	if (!l->open || l->failed || !l->data.sctp || sctp_get_state(l->data.sctp) == SCTP_ENDED)
		return true;
	if (waits < LIMIT_DATA_QUEUE / 2 && channels_are_up(&l->data))
		to->data_wait.slow_since = 0;
	if (waits < LIMIT_DATA_QUEUE)
		return !first || first == from;
	return gives_up(to, now);
}

void data_wait_begin(struct participant *from, struct participant *to, uint64_t now)
{
	struct data_wait *w = &from->data_wait;

	if (w->on != to || !to) {
		list_remove(&w->in_waiters);
		w->on = to;
		if (to)
			list_append(&to->data_wait.waiters, &w->in_waiters);
	}
	w->again_at = now + DATA_AGAIN_US;
}

void data_wait_end(struct participant *from)
{
	struct data_wait *w = &from->data_wait;

	list_remove(&w->in_waiters);
	w->on = NULL;
	w->again_at = 0;
}
