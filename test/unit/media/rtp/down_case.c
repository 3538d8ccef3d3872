/* SPDX-License-Identifier: Apache-2.0 */
#include "down_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct down_case *down_case_new(enum media_codec codec, bool rtx)
{
	struct down_case *f = test_calloc(1, sizeof *f);
	struct down_config config = { .codec = codec,
				      .clock_rate = 90000,
				      .ssrc = OUT_SSRC,
				      .payload_type = OUT_PT,
				      .rtx_ssrc = RTX_SSRC,
				      .rtx_payload_type = rtx ? RTX_PT : 0,
				      .first_sequence = 65533 & 0x7fff,
				      .first_timestamp = 0xfffff000,
				      .id_mid = 3,
				      .id_orientation = 4,
				      .id_transport_cc = 5,
				      .id_abs_send_time = 6,
				      .mid = "v1",
				      .transport_sequence = &f->transport_sequence };

	f->transport_sequence = 65535;
	f->now = 100 * S;
	assert_int_equal(down_init(&f->down, &config), 0);
	for (uint8_t i = 0; i < 3; i++) {
		assert_int_equal(cache_init(&f->caches[i], 256 * 1024, 512), 0);
		f->shared[i] = &f->caches[i];
		f->clocks[i].rate = 90000;
		f->sequence[i] = 65536 + i * 1000u;
		f->sources[i] = (struct source){ .codec = codec,
						 .layer = i,
						 .timestamp = 1000000u * (i + 1u),
						 .picture = (uint16_t)(32760 + i * 1000),
						 .tl0 = (uint8_t)(250 + i) };
	}
	return f;
}

void down_case_free(struct down_case *f)
{
	down_fini(&f->down);
	for (int i = 0; i < 3; i++)
		cache_fini(&f->caches[i]);
	test_free(f);
}

void down_case_packet(struct down_case *f, uint8_t layer, uint8_t index, uint8_t count, bool key,
		      uint8_t bytes[200], struct media_packet *ret)
{
	struct rtp_header h;

	size_t n = source_packet(&f->sources[layer], index, count, key, 50, bytes, 200);
	assert_true(rtp_parse(&h, bytes, n));
	*ret = (struct media_packet){
		.arrival = f->now,
		.sequence = f->sequence[layer]++,
		.timestamp = h.timestamp,
		.length = (uint16_t)h.payload_length,
		.flags = (uint8_t)((h.marker ? MEDIA_MARKER : 0) | (index ? 0 : MEDIA_FRAME_START) |
				   (key && !index ? MEDIA_KEY : 0)),
		.payload = h.payload,
	};
	cache_put(&f->caches[layer], ret);
}

enum down_verdict down_case_send(struct down_case *f, uint8_t layer, const struct media_packet *p)
{
	struct wr w = wr_of(f->out, sizeof f->out);
	enum down_verdict v = down_write(&f->down, f->now, layer, &f->clocks[layer], p, &w);

	assert_int_equal(wr_len(&w) > 0, v == DOWN_OK);
	if (v == DOWN_OK)
		assert_true(rtp_parse(&f->h, f->out, wr_len(&w)));
	return v;
}

enum down_verdict down_case_frame(struct down_case *f, uint8_t layer, bool key)
{
	uint8_t bytes[200];
	struct media_packet p;

	down_case_packet(f, layer, 0, 1, key, bytes, &p);
	return down_case_send(f, layer, &p);
}

void down_case_pass(struct down_case *f, uint64_t us)
{
	f->now += us;
	for (int i = 0; i < 3; i++)
		f->sources[i].timestamp += (uint32_t)(us * 9 / 100);
}

struct vp8_descriptor down_case_vp8(const struct down_case *f)
{
	struct vp8_descriptor d;
	struct identity id;

	assert_true(source_identify(MEDIA_VP8, f->h.payload, f->h.payload_length, &id, &d));
	return d;
}
