/* SPDX-License-Identifier: Apache-2.0 */
#include "media/peer/channels.h"

#include <errno.h>
#include <string.h>

#include "wire/dcep.h"

static const struct {
	const char *name;
	bool lossy;
} labels[CHANNEL_LABELS] = {
	[CHANNEL_RELIABLE] = { "_reliable", false },
	[CHANNEL_LOSSY] = { "_lossy", true },
	[CHANNEL_TRACK] = { "_data_track", true },
};

/* Set-up messages are sent in order and in full whatever the channel is (RFC 8832 section 6). */
static int send_setup(struct channels *c, uint16_t stream, const struct wr *w)
{
	struct blob *blob = blob_new(wr_len(w));

	if (!blob)
		return -ENOMEM;
	memcpy(blob->bytes, w->start, wr_len(w));
	int r = sctp_send(c->sctp, &(struct sctp_outgoing){
					   .blob = blob, .ppid = DCEP_PPID, .stream = stream });
	blob_unref(blob);
	return r;
}

static int create_channel(struct channels *c, enum channel_label label, bool active)
{
	struct channel *channel = &c->all[label];
	bool lossy = labels[label].lossy;
	struct dcep_open open = {
		.unordered = lossy,
		.partial = lossy,
		.label = labels[label].name,
		.label_length = strlen(labels[label].name),
	};
	uint8_t bytes[64];
	struct wr w = wr_of(bytes, sizeof bytes);

	*channel = (struct channel){
		.open = true,
		.unordered = lossy,
		.partial = lossy,
		/* RFC 8832 section 6: even ids are the DTLS client's, odd ones the server's */
		.stream = (uint16_t)(2 * (unsigned)label + !active),
	};
	dcep_write_open(&w, &open);
	return send_setup(c, channel->stream, &w);
}

int channels_open(struct channels *c, struct rng *rng, bool create, bool active)
{
	if (c->sctp)
		return -EALREADY;
	*c = (struct channels){ 0 };
	int r = sctp_new(&c->sctp, rng, active);
	for (int i = 0; i < CHANNEL_LABELS && create && r == 0; i++)
		r = create_channel(c, (enum channel_label)i, active);
	if (r < 0)
		channels_close(c);
	return r;
}

void channels_close(struct channels *c)
{
	c->sctp = sctp_free(c->sctp);
	memset(c->all, 0, sizeof c->all);
}

bool channels_are_up(const struct channels *c)
{
	return c->sctp && sctp_get_state(c->sctp) == SCTP_ESTABLISHED;
}

bool channels_ended(const struct channels *c)
{
	return c->sctp && sctp_get_state(c->sctp) == SCTP_ENDED &&
	       c->all[CHANNEL_RELIABLE].acknowledged;
}

static struct channel *find_stream(struct channels *c, uint16_t stream)
{
	for (int i = 0; i < CHANNEL_LABELS; i++)
		if (c->all[i].open && c->all[i].stream == stream)
			return &c->all[i];
	return NULL;
}

/* The peer opens a channel. One with another label is acknowledged too, and nobody listens. */
static void rx_open(struct channels *c, const struct sctp_message *m)
{
	uint8_t bytes[4];
	struct wr w = wr_of(bytes, sizeof bytes);
	struct dcep_open open;

	if (!dcep_parse_open(&open, m->bytes, m->length)) {
		c->ignored++;
		return;
	}
	for (int i = 0; i < CHANNEL_LABELS; i++) {
		if (strlen(labels[i].name) != open.label_length ||
		    memcmp(labels[i].name, open.label, open.label_length) != 0)
			continue;
		c->all[i] = (struct channel){
			.open = true,
			.acknowledged = true,
			.unordered = open.unordered,
			.partial = open.partial,
			.retransmits = open.retransmits,
			.stream = m->stream,
		};
	}
	dcep_write_ack(&w);
	(void)send_setup(c, m->stream, &w); /* full: the peer waits, as it should */
}

static void rx_setup(struct channels *c, const struct sctp_message *m)
{
	struct channel *channel = find_stream(c, m->stream);

	switch (dcep_kind(m->bytes, m->length)) {
	case DCEP_OPEN:
		rx_open(c, m);
		break;
	case DCEP_ACK:
		if (channel)
			channel->acknowledged = true;
		break;
	default:
		c->ignored++;
		break;
	}
}

bool channels_rx(struct channels *c, uint64_t now, const uint8_t *bytes, size_t n)
{
	return c->sctp && sctp_rx(c->sctp, now, bytes, n);
}

/* RFC 8831 6.7: closing one direction closes the other. */
static void rx_resets(struct channels *c)
{
	uint16_t stream;

	while (sctp_next_reset(c->sctp, &stream)) {
		struct channel *channel = find_stream(c, stream);

		if (channel)
			*channel = (struct channel){ 0 };
		sctp_reset(c->sctp, stream);
	}
}

bool channels_next(struct channels *c, struct channels_message *ret)
{
	struct sctp_message m;

	if (!c->sctp)
		return false;
	while (sctp_next_message(c->sctp, &m)) {
		struct channel *channel;

		if (m.ppid == DCEP_PPID) {
			rx_setup(c, &m);
			continue;
		}
		channel = find_stream(c, m.stream);
		if (!channel || (m.ppid != DCEP_PPID_BINARY && m.ppid != DCEP_PPID_STRING)) {
			c->ignored++;
			continue;
		}
		*ret = (struct channels_message){
			.label = (enum channel_label)(channel - c->all),
			.bytes = m.bytes,
			.length = m.length,
		};
		return true;
	}
	rx_resets(c);
	return false;
}

void channels_put_back(struct channels *c)
{
	if (c->sctp)
		sctp_put_back(c->sctp);
}

void channels_resume(struct channels *c)
{
	if (c->sctp)
		sctp_resume(c->sctp);
}

int channels_send(struct channels *c, enum channel_label label, struct blob *message,
		  uint64_t expires)
{
	const struct channel *channel = &c->all[label];

	if (!c->sctp || !channel->open)
		return -ENOTCONN;
	return sctp_send(c->sctp,
			 &(struct sctp_outgoing){
				 .blob = message,
				 .ppid = DCEP_PPID_BINARY,
				 .stream = channel->stream,
				 /* RFC 8832 section 6: in order behind the OPEN until then */
				 .unordered = channel->unordered && channel->acknowledged,
				 .partial = channel->partial,
				 .retransmits = channel->retransmits,
				 .expires = expires,
			 });
}

void channels_set_window(struct channels *c, size_t bytes)
{
	if (c->sctp)
		sctp_set_window(c->sctp, bytes);
}

size_t channels_next_packet(struct channels *c, uint64_t now, uint8_t *ret)
{
	return c->sctp ? sctp_next_packet(c->sctp, now, ret) : 0;
}

void channels_tick(struct channels *c, uint64_t now)
{
	if (c->sctp)
		sctp_tick(c->sctp, now);
}

uint64_t channels_deadline(const struct channels *c)
{
	return c->sctp ? sctp_deadline(c->sctp) : UINT64_MAX;
}

size_t channels_buffered(const struct channels *c)
{
	return c->sctp ? sctp_buffered(c->sctp) : 0;
}

uint64_t channels_delivered(const struct channels *c)
{
	return c->sctp ? sctp_delivered(c->sctp) : 0;
}

void channels_expire(struct channels *c)
{
	if (c->sctp)
		sctp_expire(c->sctp);
}
