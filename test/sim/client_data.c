/* SPDX-License-Identifier: Apache-2.0 */
/* The fake client's data channels: SCTP as the DTLS client, its own channels on the publisher's
 * connection, the server's on the subscriber's. Needs DTLS (sim_new_dtls). */
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

	while (channels_next(&pc->data, &m)) {
		struct sim_data *got = &c->got[c->got_count++ % 64];
		size_t n = m.length < sizeof got->bytes ? m.length : sizeof got->bytes;

		assert(pc->target == TARGET_SUBSCRIBER);
		*got = (struct sim_data){ .lossy = m.label == CHANNEL_LOSSY, .length = m.length };
		memcpy(got->bytes, m.bytes, n);
		got->sum = sim_sum(m.bytes, m.length);
	}
}

static void flush(struct sim_client *c, struct sim_pc *pc)
{
	uint8_t packet[SCTP_PACKET_MAX], out[SCTP_PACKET_MAX + 64];
	size_t n;

	while ((n = channels_next_packet(&pc->data, c->sim->now, packet))) {
		int length = transport_protect_data(&pc->transport, packet, n, out, sizeof out);

		assert(length > 0);
		if (!pc->cut)
			simlink_send(pc->up, c->sim->now, pc->tag, out, (size_t)length);
	}
}

void client_data_rx(struct sim_client *c, struct sim_pc *pc, uint8_t *bytes, size_t n)
{
	(void)channels_rx(&pc->data, c->sim->now, bytes, n);
	read_messages(c, pc);
	flush(c, pc);
}

void client_data_tick(struct sim_client *c, struct sim_pc *pc)
{
	if (!c->sim->client_dtls || !pc->open ||
	    transport_get_state(&pc->transport) != TRANSPORT_CONNECTED)
		return;
	if (!pc->data.sctp) {
		if (!transport_keep_dtls(&pc->transport) ||
		    channels_open(&pc->data, &c->sim->rng, pc->target == TARGET_PUBLISHER, true) <
			    0)
			abort();
	}
	if (channels_deadline(&pc->data) <= c->sim->now)
		channels_tick(&pc->data, c->sim->now);
	flush(c, pc);
}

int sim_send_data(struct sim_client *c, bool lossy, const void *bytes, size_t n)
{
	struct blob *b = blob_new(n);

	if (!b)
		abort();
	memcpy(b->bytes, bytes, n);
	int r = channels_send(&c->pub.data, lossy ? CHANNEL_LOSSY : CHANNEL_RELIABLE, b, 0);
	blob_unref(b);
	flush(c, &c->pub);
	return r;
}
