/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The missing packets of a received stream and when to ask for them: first after two later packets
 * or 10 ms, so that reordering is not taken for loss, then once per RTT, ten times. One request
 * serves all subscribers.
 *
 * Way: up.c ▸ [up_gaps.c] ▸ engine_tick ▸ rtcp_write_nack
 */
#include "media/rtp/up_gaps.h"

#include <string.h>

enum {
	REPEAT_MIN_US = 20 * 1000,
	REPEAT_UNKNOWN_US = 100 * 1000,
	REPEAT_MAX_US = 300 * 1000,
};

static void give_up(struct up *u, uint64_t sequence)
{
	u->count.given_up++;
	/* a key frame that began after the hole has healed it */
	if (media_codec_is_video(u->codec) && sequence > u->last_key)
		u->needs_key = true;
}

void up_gaps_add(struct up *u, uint64_t now, uint64_t first, uint64_t last)
{
	if (last - first + 1 + u->gap_count > UP_GAPS) {
		give_up(u, last);
		u->gap_count = 0;
		return;
	}
	for (uint64_t s = first; s <= last; s++)
		u->gaps[u->gap_count++] = (struct up_gap){ .sequence = s, .noticed = now };
}

/* Audio comes again as it was, not as RTX: what is late and was asked for is the repair. */
static bool is_repair(const struct up *u, bool recovered)
{
	return recovered || !media_codec_is_video(u->codec);
}

/* From the request to the repair; only when one request was made is it clear which one was
 * answered. */
static void measure_rtt(struct up *u, uint64_t now, const struct up_gap *g)
{
	if (g->tries != 1 || now - g->asked > 2 * 1000 * 1000)
		return;
	uint32_t sample = (uint32_t)(now - g->asked);
	u->rtt = u->rtt ? (u->rtt * 7 + sample) / 8 : sample;
	if (!u->rtt)
		u->rtt = 1;
}

void up_gaps_remove(struct up *u, uint64_t now, uint64_t sequence, bool recovered)
{
	for (size_t i = 0; i < u->gap_count; i++) {
		struct up_gap *g = &u->gaps[i];

		if (g->sequence != sequence)
			continue;
		if (is_repair(u, recovered))
			measure_rtt(u, now, g);
		u->gap_count--;
		memmove(g, g + 1, (u->gap_count - i) * sizeof *g);
		return;
	}
}

static uint64_t repeat_after(const struct up *u)
{
	if (!u->rtt)
		return REPEAT_UNKNOWN_US;
	return u->rtt < REPEAT_MIN_US	? REPEAT_MIN_US
	       : u->rtt > REPEAT_MAX_US ? REPEAT_MAX_US
					: u->rtt;
}

/* Sound that comes later than this is not waited for. */
static unsigned tries_of(const struct up *u)
{
	return media_codec_is_video(u->codec) ? UP_NACK_TRIES : UP_NACK_TRIES_AUDIO;
}

static uint64_t due_at(const struct up *u, const struct up_gap *g)
{
	if (g->tries)
		return g->asked + repeat_after(u);
	return u->highest - g->sequence >= UP_NACK_REORDER ? g->noticed
							   : g->noticed + UP_NACK_DELAY_US;
}

size_t up_nack(struct up *u, uint64_t now, uint16_t *ret_sequences, size_t capacity)
{
	size_t kept = 0, asked = 0;

	for (size_t i = 0; i < u->gap_count; i++) {
		struct up_gap g = u->gaps[i];
		bool due = now >= due_at(u, &g);

		if (due && g.tries >= tries_of(u)) {
			give_up(u, g.sequence);
			continue;
		}
		if (due && asked < capacity) {
			ret_sequences[asked++] = (uint16_t)g.sequence;
			g.asked = now;
			g.tries++;
		}
		u->gaps[kept++] = g;
	}
	u->gap_count = (uint16_t)kept;
	u->count.nacks += asked;
	return asked;
}

uint64_t up_deadline(const struct up *u)
{
	uint64_t next = UINT64_MAX;

	for (size_t i = 0; i < u->gap_count; i++) {
		uint64_t due = due_at(u, &u->gaps[i]);

		if (due < next)
			next = due;
	}
	return next;
}
