/* SPDX-License-Identifier: Apache-2.0 */
/* What has been sent and received: confab_call_stats. */
#include <string.h>

#include "client/session.h"

struct stats {
	struct confab_call *call;
	const char *track_id; /* NULL: all */
	confab_stats *ret;
};

static bool wanted(const struct stats *g, const char *track_id)
{
	return !g->track_id || strcmp(g->track_id, track_id) == 0;
}

static void add_sent(confab_stats *sum, const struct send *s)
{
	sum->packets_sent += s->packets;
	sum->bytes_sent += s->octets;
	sum->packets_retransmitted += s->retransmitted;
	sum->packets_lost_on_the_way += s->lost > 0 ? (uint64_t)s->lost : 0;
	if (s->rtt)
		sum->round_trip_us = s->rtt;
}

static void add_received(confab_stats *sum, const struct stream *st)
{
	const struct up *u = &st->receive.up;
	uint64_t expected = u->started ? u->highest - u->base + 1 : 0;
	uint64_t jitter = (uint64_t)(u->jitter_q4 >> 4) * 1000000 / st->receive.stream.clock_rate;

	sum->packets_received += u->count.packets;
	sum->bytes_received += u->count.bytes;
	sum->packets_missing += expected > u->count.packets ? expected - u->count.packets : 0;
	sum->packets_repaired += u->count.recovered;
	sum->frames_received += st->frames;
	sum->key_frames_requested += st->receive.plis;
	if (jitter > sum->jitter_us)
		sum->jitter_us = jitter;
}

static int gather(void *arg)
{
	const struct stats *g = arg;
	struct session *s = g->call->session;
	struct confab_track *t;
	struct stream *st;
	confab_stats sum = { 0 };
	bool found = !g->track_id;
	int r = call_check_joined(g->call, NULL);

	if (r)
		return r;
	list_each (t, &g->call->tracks, in_call) {
		if (t->sending && wanted(g, t->sid)) {
			for (unsigned i = 0; i < t->layer_count; i++)
				add_sent(&sum, &t->send[i]);
			found = true;
		}
	}
	if (s) {
		list_each (st, &s->streams, in_session) {
			if (!st->ended && wanted(g, st->track)) {
				add_received(&sum, st);
				found = true;
			}
		}
	}
	if (!found)
		return CONFAB_ERR_NOT_FOUND;
	*g->ret = sum;
	return CONFAB_OK;
}

int confab_call_stats(confab_call *call, const char *track_id, confab_stats *ret)
{
	struct stats g = { .call = call, .track_id = track_id, .ret = ret };

	return client_ask(call->client, gather, &g);
}
