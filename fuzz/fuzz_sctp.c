/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SCTP and data channel set-up against a peer that knows the keys. The input is a list of packets;
 * we play the client far enough to be let in, correct tags and checksums, and let some time pass.
 * Kept: what is held stays below its limits, deadlines do not stand still, what we write parses.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "media/peer/channels.h"
#include "wire/dcep.h"
#include "wire/sctp.h"

enum { STEP_US = 20 * 1000, PACKETS = 400 };

struct fuzz {
	struct channels channels;
	struct rng rng;
	uint64_t now;
	uint32_t tag; /* what the association wants to see */
	uint8_t cookie[512];
	size_t cookie_length;
	bool hold; /* messages are put back */
};

/* Reads what came out, as a client would: the tag and the cookie are all it needs. */
static void read_packet(struct fuzz *f, const uint8_t *bytes, size_t n)
{
	struct sctp_header header;
	struct sctp_chunk c;
	struct sctp_param param;
	struct rd chunks;

	assert(n <= SCTP_PACKET_MAX && sctp_parse(&header, &chunks, bytes, n));
	while (sctp_next_chunk(&chunks, &c)) {
		if (c.type != SCTP_INIT_ACK)
			continue;
		f->tag = rd_be32(&c.body);
		rd_skip(&c.body, 12);
		while (sctp_next_param(&c.body, &param)) {
			if (param.type != SCTP_PARAM_COOKIE)
				continue;
			f->cookie_length = rd_left(&param.body);
			memcpy(f->cookie, param.body.p, f->cookie_length);
		}
	}
	assert(!chunks.bad);
}

static void drain(struct fuzz *f)
{
	struct channels_message m;
	uint8_t packet[SCTP_PACKET_MAX];
	uint8_t all = 0;
	size_t n;
	int count = 0;

	while (channels_next(&f->channels, &m)) {
		if (f->hold) {
			channels_put_back(&f->channels);
			continue;
		}
		assert(m.label < CHANNEL_LABELS && m.length <= SCTP_MESSAGE_MAX);
		for (size_t i = 0; i < m.length; i++)
			all ^= m.bytes[i]; /* a sanitizer looks at each */
	}
	while ((n = channels_next_packet(&f->channels, f->now, packet))) {
		read_packet(f, packet, n);
		assert(++count < 5000);
	}
	assert(channels_buffered(&f->channels) <= SCTP_SEND_MAX);
	assert(sctp_held(f->channels.sctp) <= 2 * SCTP_RECEIVE_MAX + 4096);
	(void)all;
}

/* chunks, with a header that fits */
static void give(struct fuzz *f, uint32_t tag, const uint8_t *chunks, size_t n)
{
	uint8_t packet[2048];
	struct wr w = wr_of(packet, sizeof packet);

	sctp_write_header(&w, &(struct sctp_header){ SCTP_PORT, SCTP_PORT, tag });
	wr_bytes(&w, chunks, n);
	(void)channels_rx(&f->channels, f->now, packet, sctp_write_checksum(&w));
	drain(f);
}

static void enter(struct fuzz *f)
{
	uint8_t chunks[600];
	struct wr w = wr_of(chunks, sizeof chunks);
	size_t begin = sctp_begin_chunk(&w, SCTP_INIT, 0);

	wr_be32(&w, 1);
	wr_be32(&w, 65536);
	wr_be16(&w, 1024);
	wr_be16(&w, 1024);
	wr_be32(&w, 0); /* TSNs from 0: inputs can be read */
	sctp_end(&w, sctp_begin_param(&w, SCTP_PARAM_FORWARD_TSN));
	sctp_end(&w, begin);
	give(f, 0, chunks, wr_len(&w));
	w = wr_of(chunks, sizeof chunks);
	begin = sctp_begin_chunk(&w, SCTP_COOKIE_ECHO, 0);
	wr_bytes(&w, f->cookie, f->cookie_length);
	sctp_end(&w, begin);
	give(f, f->tag, chunks, wr_len(&w));
	assert(channels_are_up(&f->channels));
}

static void tick(struct fuzz *f, uint64_t us)
{
	f->now += us;
	if (channels_deadline(&f->channels) <= f->now)
		channels_tick(&f->channels, f->now);
	drain(f);
	assert(channels_deadline(&f->channels) > f->now);
}

/*
 * Each packet: a byte that says how (bit 0: whole packet, unchanged; bit 1: time passes; bit 2: we
 * send something meanwhile; bit 3: with tag 0; bit 6: what comes is put back from now on), a 16-bit length, the bytes.
 */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct fuzz f = { .now = 1000000 };
	struct rd r = rd_of(bytes, n);
	struct dcep_open open;

	(void)dcep_parse_open(&open, bytes, n);
	rng_seeded(&f.rng, 1);
	bool create = rd_u8(&r) & 1;
	if (channels_open(&f.channels, &f.rng, create, false) < 0)
		abort();
	enter(&f);
	for (int i = 0; i < PACKETS && rd_left(&r) >= 3; i++) {
		uint8_t how = rd_u8(&r);
		size_t length = rd_be16(&r);

		length = length < rd_left(&r) ? length : rd_left(&r);
		length = length < 1400 ? length : 1400;
		const uint8_t *packet = rd_take(&r, length);
		if (how & 4) {
			struct blob *b = blob_new(3000);

			if (!b)
				abort();
			memset(b->bytes, 7, 3000);
			(void)channels_send(&f.channels,
					    (enum channel_label)(how >> 4) % CHANNEL_LABELS, b, 0);
			blob_unref(b);
		}
		if (how & 1) {
			(void)channels_rx(&f.channels, f.now, packet, length);
			drain(&f);
		} else {
			give(&f, how & 8 ? 0 : f.tag, packet, length);
		}
		if (how & 2)
			tick(&f, STEP_US);
		f.hold = how & 64;
		if (!f.hold)
			channels_resume(&f.channels);
	}
	for (int i = 0; i < 20; i++)
		tick(&f, 2000000);
	channels_close(&f.channels);
	return 0;
}
