/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See twcc_recv.h. `next` may step back: a number told as lost is told again when its packet comes
 * late after all.
 */
#include "media/rtp/twcc_recv.h"

#include <string.h>

#include "wire/twcc.h"

static uint64_t *slot(struct twcc_recv *t, uint64_t sequence)
{
	return &t->arrival[sequence & (TWCC_RECV_WINDOW - 1)];
}

void twcc_recv_init(struct twcc_recv *t)
{
	*t = (struct twcc_recv){ 0 };
}

/* Makes `sequence` the newest; numbers between are missing so far. */
static void advance(struct twcc_recv *t, uint64_t sequence)
{
	if (sequence - t->highest >= TWCC_RECV_WINDOW) {
		memset(t->arrival, 0, sizeof t->arrival);
		t->dropped += t->waiting;
		t->waiting = 0;
		t->next = sequence; /* nothing useful can be said about such a gap */
	} else {
		for (uint64_t s = t->highest + 1; s <= sequence; s++)
			*slot(t, s) = 0;
	}
	t->highest = sequence;
	if (t->highest - t->next >= TWCC_RECV_WINDOW) {
		t->dropped += t->highest - t->next - TWCC_RECV_WINDOW + 1;
		t->next = t->highest - TWCC_RECV_WINDOW + 1;
	}
}

void twcc_recv_rx(struct twcc_recv *t, uint64_t arrival, uint16_t sequence, uint32_t media_ssrc)
{
	if (!t->started) {
		t->started = true;
		t->next = t->highest = 65536u + sequence; /* room below for reordering */
	}
	int delta = (int16_t)(uint16_t)(sequence - (uint16_t)t->highest);
	uint64_t extended = t->highest + (uint64_t)(int64_t)delta;
	if (delta <= -TWCC_RECV_WINDOW) {
		t->dropped++;
		return;
	}
	if (delta > 0)
		advance(t, extended);
	if (*slot(t, extended))
		return; /* a duplicate: the first arrival counts */
	*slot(t, extended) = arrival ? arrival : 1;
	if (extended < t->next)
		t->next = extended;
	if (!t->waiting++)
		t->first_at = arrival;
	t->media_ssrc = media_ssrc;
}

uint64_t twcc_recv_deadline(const struct twcc_recv *t)
{
	if (!t->waiting)
		return UINT64_MAX;
	if (t->waiting >= TWCC_RECV_FULL)
		return t->first_at;
	uint64_t due = t->last_sent +
		       (t->waiting >= TWCC_RECV_SOON ? TWCC_RECV_MIN_US : TWCC_RECV_INTERVAL_US);
	return due > t->first_at ? due : t->first_at;
}

bool twcc_recv_write(struct twcc_recv *t, uint64_t now, uint32_t sender_ssrc, struct wr *out)
{
	uint64_t list[TWCC_RECV_WINDOW];
	size_t n = 0;

	if (!t->waiting)
		return false;
	for (uint64_t s = t->next; s <= t->highest; s++, n++)
		list[n] = *slot(t, s) ? *slot(t, s) : TWCC_LOST;
	struct twcc_head head = { .sender_ssrc = sender_ssrc,
				  .media_ssrc = t->media_ssrc,
				  .feedback_count = t->feedback_count };
	size_t took = twcc_write(out, &head, (uint16_t)t->next, list, n);
	if (!took)
		return false;
	t->feedback_count++;
	t->last_sent = now;
	t->next += took;
	if (t->next > t->highest)
		t->waiting = 0;
	return true;
}
