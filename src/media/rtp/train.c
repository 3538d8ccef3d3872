/* SPDX-License-Identifier: Apache-2.0 */
/* See train.h. */
#include "media/rtp/train.h"

#include <stdbool.h>

/* A single packet is always fast. */
enum { LEAST_PACKETS = 2 };

/* A path that drops what comes at once, or queues it, would do so at each key frame. */
static void fail(struct train *t, uint32_t half)
{
	if (t->proven > half)
		t->proven = half;
	if (t->ceiling && half >= t->ceiling && t->first_sent < t->patient_until)
		return; /* a frame is as long as it is, and needs no leave */
	t->ceiling = half;
	t->patient_until = t->first_sent + ((int64_t)TRAIN_PATIENCE_US << t->failures);
	if (t->failures < TRAIN_PATIENCE_STEPS)
		t->failures++;
}

/* What the train that has ended says. */
static void judge(struct train *t)
{
	int64_t spread = (t->last_arrival - t->first_arrival) - (t->last_sent - t->first_sent);
	uint32_t half = t->bytes / 2;

	if (t->packets < LEAST_PACKETS)
		return;
	if (t->lost || spread > TRAIN_SLOW_US)
		fail(t, half);
	else if (spread <= TRAIN_FAST_US && t->bytes > t->proven)
		t->proven = t->bytes;
}

/* Whether the packet belongs to the train at hand; otherwise that has ended, and a new one begins. */
static bool join(struct train *t, int64_t sent, uint32_t bytes)
{
	bool same = t->packets && sent - t->first_sent <= TRAIN_GAP_US && sent >= t->first_sent;

	if (!same) {
		judge(t);
		t->first_sent = sent;
		t->bytes = t->packets = t->lost = 0;
	}
	t->packets++;
	t->bytes += bytes;
	t->last_sent = sent;
	return same;
}

void train_arrived(struct train *t, int64_t sent, int64_t arrival, uint32_t bytes)
{
	bool is_first = !join(t, sent, bytes) || t->lost + 1 == t->packets;

	if (is_first || arrival < t->first_arrival)
		t->first_arrival = arrival;
	if (is_first || arrival > t->last_arrival)
		t->last_arrival = arrival;
}

void train_lost(struct train *t, int64_t sent, uint32_t bytes)
{
	(void)join(t, sent, bytes);
	t->lost++;
}

void train_forget(struct train *t)
{
	*t = (struct train){ 0 };
}

uint32_t train_allows(const struct train *t, int64_t now)
{
	uint32_t most = now < t->patient_until ? t->ceiling : TRAIN_MAX;

	return t->proven > most / 2 ? most : t->proven * 2;
}
