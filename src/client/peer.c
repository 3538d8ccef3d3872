/* SPDX-License-Identifier: Apache-2.0 */
/* Packets of a client's peer connection. See peer.h. */
#include "client/peer.h"

#include <string.h>

void peer_init(struct peer *p, const struct peer_config *config)
{
	memset(p, 0, sizeof *p);
	p->rng = config->rng;
	p->fingerprint = config->fingerprint;
	p->role = config->role;
	p->data = config->data;
	p->no_transport_cc = config->no_transport_cc;
	p->active = config->active;
	p->largest_first = config->largest_first;
	p->no_candidates = config->no_candidates;
	p->session = rng_u64(p->rng) >> 2; /* RFC 9429 5.2.1: 62 bits of chance */
	rng_name(p->rng, "", p->cname, sizeof p->cname);
	transport_init(&p->transport, &(struct transport_config){ .rng = config->rng,
								  .outbox = config->outbox,
								  .dtls = config->dtls,
								  .checks = &p->checks });
}

void peer_fini(struct peer *p)
{
	channels_close(&p->channels);
	transport_fini(&p->transport);
}

/* SCTP begins as soon as DTLS has come to keys; the DTLS client begins (RFC 8841 9.3 leaves it to us). */
static void open_channels(struct peer *p)
{
	if (!p->data || p->channels.sctp || p->transport.state != TRANSPORT_CONNECTED ||
	    !p->transport.dtls_context || !transport_keep_dtls(&p->transport))
		return;
	/* Failing means no memory: tried again with the next tick. */
	(void)channels_open(&p->channels, p->rng, p->role == PEER_PUBLISHER,
			    p->transport.dtls_client);
}

enum verdict peer_rx(struct peer *p, uint64_t now, const struct path *from, uint8_t *bytes,
		     size_t n, struct transport_in *ret)
{
	enum verdict v = transport_rx(&p->transport, now, from, bytes, n, ret);
	size_t length;

	open_channels(p);
	if (ret->kind != TRANSPORT_IN_DATA)
		return v;
	for (length = ret->length; length; length = transport_next_data(&p->transport, bytes, n)) {
		if (p->channels.sctp)
			(void)channels_rx(&p->channels, now, bytes, length);
	}
	ret->kind = TRANSPORT_IN_NOTHING;
	ret->state_changed |= p->transport.state == TRANSPORT_FAILED;
	return v;
}

bool peer_tick(struct peer *p, uint64_t now)
{
	bool changed = transport_tick(&p->transport, now);

	open_channels(p);
	if (channels_deadline(&p->channels) <= now)
		channels_tick(&p->channels, now);
	return changed;
}

uint64_t peer_deadline(const struct peer *p)
{
	uint64_t a = transport_deadline(&p->transport), b = channels_deadline(&p->channels);

	if (p->transport.state == TRANSPORT_FAILED)
		return UINT64_MAX;
	return a < b ? a : b;
}

enum transport_state peer_state(const struct peer *p)
{
	return transport_get_state(&p->transport);
}

const char *peer_cause(const struct peer *p)
{
	return transport_cause(&p->transport);
}

const struct path *peer_address(const struct peer *p)
{
	return transport_selected(&p->transport);
}

int peer_protect_rtp(struct peer *p, const uint8_t *packet, size_t n, uint8_t *out, size_t capacity)
{
	return transport_protect_rtp(&p->transport, packet, n, out, capacity);
}

int peer_protect_rtcp(struct peer *p, const uint8_t *packet, size_t n, uint8_t *out,
		      size_t capacity)
{
	return transport_protect_rtcp(&p->transport, packet, n, out, capacity);
}

int peer_send_data(struct peer *p, enum channel_label label, struct blob *message)
{
	return channels_send(&p->channels, label, message, 0);
}

bool peer_next_message(struct peer *p, struct channels_message *ret)
{
	return channels_next(&p->channels, ret);
}

bool peer_data_is_up(const struct peer *p)
{
	return channels_are_up(&p->channels);
}

size_t peer_data_buffered(const struct peer *p)
{
	return channels_buffered(&p->channels);
}

size_t peer_next_data(struct peer *p, uint64_t now, uint8_t ret[PEER_DATAGRAM])
{
	uint8_t packet[SCTP_PACKET_MAX];
	size_t n;

	if (p->transport.state != TRANSPORT_CONNECTED)
		return 0;
	while ((n = channels_next_packet(&p->channels, now, packet))) {
		int length = transport_protect_data(&p->transport, packet, n, ret, PEER_DATAGRAM);

		if (length > 0)
			return (size_t)length;
		/* SCTP takes it for a loss */
	}
	return 0;
}

void peer_close(struct peer *p)
{
	transport_close(&p->transport);
}
