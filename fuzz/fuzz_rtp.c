/* SPDX-License-Identifier: Apache-2.0 */
/* RTP and its extensions:
 * a packet that parses and is written again, element for element, parses to the same. */
#include <assert.h>
#include <string.h>

#include "wire/rtp.h"
#include "wire/rtpext.h"

static const struct rtpext_map *any_map(void)
{
	static struct rtpext_map map;

	if (!map.id_of[RTPEXT_MID]) {
		for (unsigned kind = RTPEXT_NONE + 1; kind < 15; kind++)
			(void)rtpext_map_set(&map, (uint8_t)kind, (enum rtpext_kind)kind);
	}
	return &map;
}

static void check_text(struct rtpext_text t, const struct rtp_header *h)
{
	if (t.at)
		assert((const uint8_t *)t.at >= h->extension &&
		       (const uint8_t *)t.at + t.length <= h->extension + h->extension_length);
}

/* The same elements in a new packet. Those that the one-byte form cannot hold are left out. */
static void rewrite(const struct rtp_header *h)
{
	static uint8_t packet[512 * 1024];
	struct wr w = wr_of(packet, sizeof packet);
	struct rtpext_iter it = rtpext_iter_of(h);
	size_t written = 0;

	rtp_write(&w, h);
	struct rtpext_wr x = rtpext_begin(&w);
	for (struct rtpext_element e; rtpext_next(&it, &e);) {
		assert(e.data >= h->extension &&
		       e.data + e.length <= h->extension + h->extension_length);
		if (e.id < 1 || e.id > 14 || e.length < 1 || e.length > 16)
			continue;
		assert(rtpext_add(&x, e.id, e.data, e.length));
		written++;
	}
	rtpext_end(&x);
	wr_bytes(&w, h->payload, h->payload_length);
	assert(!w.bad);

	struct rtp_header again;
	assert(rtp_parse(&again, packet, wr_len(&w)));
	assert(again.marker == h->marker && again.payload_type == h->payload_type);
	assert(again.seq == h->seq && again.timestamp == h->timestamp && again.ssrc == h->ssrc);
	assert(again.payload_length == h->payload_length);
	assert(memcmp(again.payload, h->payload, h->payload_length) == 0);
	assert(again.has_extension == (written > 0));
	it = rtpext_iter_of(&again);
	for (struct rtpext_element e; rtpext_next(&it, &e);)
		written--;
	assert(written == 0 && !it.bad);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct rtp_header h, plain;
	struct rtpext x;

	(void)demux_of(bytes, n);
	if (!rtp_parse_header(&h, bytes, n)) {
		assert(!rtp_parse(&plain, bytes, n));
		return 0;
	}
	assert(h.header_length + h.payload_length == n);
	rtpext_parse(&x, any_map(), &h);
	check_text(x.mid, &h);
	check_text(x.rid, &h);
	check_text(x.repaired_rid, &h);
	if (rtp_parse(&plain, bytes, n)) {
		assert(plain.header_length + plain.payload_length + plain.padding_length == n);
		rewrite(&plain);
	}
	return 0;
}
