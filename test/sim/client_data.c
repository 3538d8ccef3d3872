/* SPDX-License-Identifier: Apache-2.0 */
/* The fake client's data messages. Needs DTLS (sim_new_dtls). */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "sim.h"

uint32_t sim_sum(const void *bytes, size_t n)
{
	const uint8_t *p = bytes;
	uint32_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum = sum * 31 + p[i] + 1;
	return sum;
}

static void read_messages(struct sim_client *c, struct sim_pc *pc)
{
	struct channels_message m;

	while (peer_next_message(&pc->peer, &m)) {
		struct sim_data *got = &c->got[c->got_count++ % 64];
		size_t n = m.length < sizeof got->bytes ? m.length : sizeof got->bytes;

		assert(pc->target == TARGET_SUBSCRIBER);
		*got = (struct sim_data){ .lossy = m.label == CHANNEL_LOSSY,
					  .track = m.label == CHANNEL_TRACK,
					  .length = m.length };
		memcpy(got->bytes, m.bytes, n);
		got->sum = sim_sum(m.bytes, m.length);
	}
}

void client_data_flush(struct sim_client *c, struct sim_pc *pc)
{
	uint8_t out[PEER_DATAGRAM];
	size_t n;

	read_messages(c, pc);
	while ((n = peer_next_data(&pc->peer, c->sim->now, out))) {
		if (!pc->cut)
			sim_uplink(c->sim, pc, out, n);
	}
}

static int send_on(struct sim_client *c, enum channel_label label, const void *bytes, size_t n)
{
	struct blob *b = blob_new(n);

	if (!b)
		abort();
	memcpy(b->bytes, bytes, n);
	int r = peer_send_data(&c->pub.peer, label, b);
	blob_unref(b);
	client_data_flush(c, &c->pub);
	return r;
}

int sim_send_data(struct sim_client *c, bool lossy, const void *bytes, size_t n)
{
	return send_on(c, lossy ? CHANNEL_LOSSY : CHANNEL_RELIABLE, bytes, n);
}

int sim_send_track(struct sim_client *c, const void *bytes, size_t n)
{
	return send_on(c, CHANNEL_TRACK, bytes, n);
}
