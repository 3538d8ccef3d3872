/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A sequence of packets, losses, switches, pauses, reports and NACKs into one
 * outgoing stream. Whatever comes, the subscriber must see: each number of
 * the media stream once, no jump that SRTP cannot follow, RTX numbers one
 * after the other, and as a retransmission exactly what the number stood for.
 */
#include <stdlib.h>
#include <string.h>

#include "base/rd.h"
#include "media/rtp/down.h"
#include "wire/rtp.h"
#include "wire/vp8.h"

enum { SOURCES = 3, OUT_MAX = 1 << 14, FIRST = 1000, ID_TRANSPORT_CC = 1 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define check(what) ((what) ? (void)0 : abort())

struct sent {
	bool present;
	uint32_t timestamp;
	uint16_t length;
	uint64_t digest;
};

struct fuzz {
	struct down down;
	struct cache caches[SOURCES];
	const struct cache *shared[DOWN_SOURCES];
	struct media_clock clocks[SOURCES];
	uint64_t now, sequence[SOURCES];
	uint32_t timestamp[SOURCES];
	uint16_t transport_sequence, picture;
	uint64_t highest; /* extended, as a receiver would */
	uint16_t next_rtx;
	struct sent *sent; /* by out number, from FIRST */
};

static uint64_t digest_of(const uint8_t *bytes, size_t n)
{
	uint64_t d = 0xcbf29ce484222325u;

	for (size_t i = 0; i < n; i++)
		d = (d ^ bytes[i]) * 0x100000001b3u;
	return d;
}

/* A receiver's view of a number: the nearest one to the highest (RFC 3711 3.3.1). */
static struct sent *number(struct fuzz *f, uint16_t sequence)
{
	uint64_t extended = f->highest +
			    (uint64_t)(int64_t)(int16_t)(uint16_t)(sequence - (uint16_t)f->highest);

	if (extended > f->highest)
		f->highest = extended;
	check(extended >= FIRST);
	return extended - FIRST < OUT_MAX ? &f->sent[extended - FIRST] : NULL;
}

static void hold_media(struct fuzz *f, const struct wr *w)
{
	struct rtp_header h;
	uint64_t before = f->highest;

	check(rtp_parse(&h, w->start, wr_len(w)) && h.ssrc == 1 && h.payload_type == 96);
	struct sent *s = number(f, h.seq);
	check(f->highest - before <= DOWN_JUMP_MAX + 1);
	if (!s)
		return;
	check(!s->present);
	*s = (struct sent){ true, h.timestamp, (uint16_t)h.payload_length,
			    digest_of(h.payload, h.payload_length) };
}

static void hold_rtx(struct fuzz *f, uint16_t asked, const struct wr *w)
{
	struct rtp_header h;
	uint64_t before = f->highest;

	check(rtp_parse(&h, w->start, wr_len(w)) && h.ssrc == 2 && h.payload_type == 97);
	check(h.seq == f->next_rtx++);
	check(h.payload_length >= 2);
	check((h.payload[0] << 8 | h.payload[1]) == asked);
	struct sent *s = number(f, asked);
	check(f->highest == before); /* nothing is sent again before it could be sent */
	if (!s || !s->present)
		return;
	check(s->timestamp == h.timestamp && s->length == h.payload_length - 2);
	check(s->digest == digest_of(h.payload + 2, h.payload_length - 2));
}

static void packet(struct fuzz *f, uint8_t op, struct rd *r)
{
	uint8_t source = op % SOURCES, flags = rd_u8(r), step = rd_u8(r), n = rd_u8(r);
	uint8_t payload[300], bytes[300 + DOWN_OVERHEAD_MAX];
	struct wr w = wr_of(bytes, sizeof bytes);
	/* mostly the next one, sometimes late, sometimes far ahead */
	uint64_t late = step > 200 && f->sequence[source] > 70000 ? step - 200u : 0;

	if (step > 250)
		f->sequence[source] += step == 255 ? 100000 : 300;
	f->sequence[source] += late ? 0 : 1 + (step > 180);
	f->timestamp[source] += (uint32_t)step * 100;
	memset(payload, (int)(f->sequence[source] - late), sizeof payload);
	static const uint8_t head[] = { 0x90, 0xc0, 0x80, 0, 0, 0x10, 0, 0,
					0x9d, 1,    0x2a, 1, 0, 1,    0 };
	memcpy(payload, head, sizeof head);
	/* the same number is the same packet, whenever it comes */
	put_be16(payload + 2, (uint16_t)(0x8000 | ((f->sequence[source] - late) & 0x7fff)));
	struct media_packet p = {
		.arrival = f->now,
		.sequence = f->sequence[source] - late,
		.timestamp = (uint32_t)(f->sequence[source] - late) * 3000,
		.length = (uint16_t)(n < 16 ? 0 : n),
		.flags = flags & (MEDIA_MARKER | MEDIA_KEY | MEDIA_FRAME_START | MEDIA_ORIENTED),
		.payload = payload,
	};
	struct media_packet known;
	if (cache_get(&f->caches[source], p.sequence, &known))
		p.length = known.length;
	if (step == 255)
		p.flags |= MEDIA_RESYNC;
	cache_put(&f->caches[source], &p);
	if (op & 0x40) {
		down_skip(&f->down, source, &p);
		return;
	}
	const struct media_clock *clock = flags & 0x80 ? &f->clocks[source] : NULL;
	if (down_write(&f->down, f->now, source, clock, &p, &w) == DOWN_OK)
		hold_media(f, &w);
	else
		check(wr_len(&w) == 0);
}

static void nack(struct fuzz *f, struct rd *r)
{
	uint8_t bytes[600];
	struct wr w = wr_of(bytes, sizeof bytes);
	uint16_t back = rd_be16(r),
		 asked = (uint16_t)(f->highest - (back & 0x8000 ? back : back % 600));

	if (down_retransmit(&f->down, f->now, asked, f->shared, &w) == DOWN_OK)
		hold_rtx(f, asked, &w);
	else
		check(wr_len(&w) == 0);
}

static void report(struct fuzz *f, struct rd *r)
{
	struct rtcp_sr sr;
	struct rtcp_report report = { .ssrc = 1, .last_sr = rd_be32(r) };

	report.delay_since_last_sr = rd_be16(r);
	if (down_sender_report(&f->down, f->now, &sr) && report.last_sr & 1)
		report.last_sr = (uint32_t)(sr.ntp >> 16);
	down_receiver_report(&f->down, f->now, &report);
}

static void step(struct fuzz *f, struct rd *r)
{
	uint8_t op = rd_u8(r);

	f->now += (uint64_t)(op >> 3) * 1000;
	switch (op & 7) {
	case 0:
	case 1:
	case 2:
	case 3:
		packet(f, op, r);
		break;
	case 4:
		nack(f, r);
		break;
	case 5:
		report(f, r);
		break;
	case 6:
		if (op > 200)
			down_restart(&f->down);
		break;
	case 7:
		f->clocks[op % SOURCES] = (struct media_clock){ true, 90000, rd_be32(r),
								(uint64_t)rd_be32(r) << 20,
								f->now };
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rd r = rd_of(data, size);
	uint8_t codec = rd_u8(&r);
	struct fuzz f = { .now = 1000000, .highest = FIRST - 1 };
	struct down_config config = { .codec = codec & 1 ? MEDIA_VP8 : MEDIA_OTHER,
				      .clock_rate = codec & 2 ? 90000 : 48000,
				      .ssrc = 1,
				      .payload_type = 96,
				      .rtx_ssrc = 2,
				      .rtx_payload_type = codec & 4 ? 0 : 97,
				      .first_sequence = FIRST,
				      .first_timestamp = rd_be32(&r),
				      .id_mid = 2,
				      .id_transport_cc = ID_TRANSPORT_CC,
				      .mid = "0",
				      .transport_sequence = &f.transport_sequence };

	f.sent = calloc(OUT_MAX, sizeof *f.sent);
	if (!f.sent || down_init(&f.down, &config) != 0)
		abort();
	for (int i = 0; i < SOURCES; i++) {
		f.sequence[i] = 65536 + (uint64_t)i * 40000;
		if (cache_init(&f.caches[i], 16384, 64) != 0)
			abort();
		f.shared[i] = &f.caches[i];
	}
	while (rd_left(&r))
		step(&f, &r);
	down_fini(&f.down);
	for (int i = 0; i < SOURCES; i++)
		cache_fini(&f.caches[i]);
	free(f.sent);
	return 0;
}
