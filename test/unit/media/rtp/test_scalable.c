/* SPDX-License-Identifier: Apache-2.0 */
/* A stream with layers inside on its whole way: read, cached, thinned out, rewritten, sent again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "media/rtp/down.h"
#include "media/rtp/scalable.h"
#include "media/rtp/svc.h"
#include "svc_source.h"
#include "wire/rtp.h"
#include "wire/rtpext.h"

enum { ID_DD = 3 };

struct way {
	struct svc_source source;
	struct scalable scalable;
	struct cache cache;
	struct svc svc;
	struct down down;
	struct dd_structure seen; /* as the receiver knows it */
	bool receiver_knows;
	uint64_t sequence;
	uint16_t expected_seq, last_number;
	uint32_t mask;
	unsigned packets, markers;
};

static struct way *way_new(int spatial, bool key_mode)
{
	struct way *w = calloc(1, sizeof *w);
	struct down_config config = { .codec = MEDIA_AV1,
				      .clock_rate = 90000,
				      .ssrc = 1,
				      .payload_type = 35,
				      .rtx_ssrc = 2,
				      .rtx_payload_type = 36,
				      .first_sequence = 100,
				      .id_dd = ID_DD };

	assert_non_null(w);
	w->source = (struct svc_source){ .spatial = spatial, .temporal = 1, .key_mode = key_mode };
	w->sequence = 1000;
	w->expected_seq = 100;
	svc_init(&w->svc);
	assert_int_equal(cache_init(&w->cache, 65536, 256), 0);
	assert_int_equal(down_init(&w->down, &config), 0);
	return w;
}

static void way_free(struct way *w)
{
	down_fini(&w->down);
	cache_fini(&w->cache);
	free(w);
}

/* What the receiver makes of a packet. */
static struct rtp_header receive(struct way *w, const uint8_t *bytes, size_t n, struct dd *ret)
{
	struct rtpext_map map = { 0 };
	struct rtp_header h;
	struct rtpext x;

	assert_true(rtpext_map_set(&map, ID_DD, RTPEXT_DEPENDENCY_DESCRIPTOR));
	assert_true(rtp_parse(&h, bytes, n));
	rtpext_parse(&x, &map, &h);
	assert_true(
		dd_parse(ret, &w->seen, w->receiver_knows ? &w->seen : NULL, x.dd, x.dd_length));
	w->receiver_knows = true;
	return h;
}

static void send_frame(struct way *w, uint8_t source, const struct svc_frame *f, uint32_t timestamp)
{
	uint8_t descriptor[DD_MAX], payload[50] = { f->key && !f->spatial ? 0x18 : 0x10, 1 },
				    out[400];
	size_t n = svc_source_descriptor(&w->source, f, true, true, descriptor);
	struct dd dd, again, got;
	struct media_packet p = { .arrival = timestamp,
				  .sequence = w->sequence++,
				  .timestamp = timestamp,
				  .length = sizeof payload,
				  .flags = f->key && !f->spatial ? MEDIA_KEY : 0,
				  .payload = payload,
				  .dd_bytes = descriptor,
				  .dd_length = (uint8_t)n };
	struct media_packet cached;

	if (f->spatial == w->source.spatial - 1)
		p.flags |= MEDIA_MARKER;
	scalable_rx(&w->scalable, timestamp, &p, &dd);
	assert_ptr_equal(p.dd, &dd);
	cache_put(&w->cache, &p);
	assert_true(cache_get(&w->cache, p.sequence, &cached));
	scalable_read(&w->scalable, &cached, &again);
	assert_non_null(cached.dd);
	assert_memory_equal(&again.frame, &dd.frame, sizeof dd.frame);

	struct svc_verdict v = svc_decide(&w->svc, &w->scalable.structure, w->scalable.active, &dd,
					  p.flags & MEDIA_KEY);
	if (!v.keep) {
		down_skip(&w->down, source, &p);
		return;
	}
	p.dd_mask = v.mask;
	if (v.marker)
		p.flags |= MEDIA_MARKER;
	struct wr to = wr_of(out, sizeof out);
	assert_int_equal(down_write(&w->down, timestamp, source, NULL, &p, &to), DOWN_OK);
	assert_in_range(wr_len(&to), 1, down_room(&p));
	struct rtp_header h = receive(w, out, wr_len(&to), &got);
	assert_int_equal(h.seq, w->expected_seq++); /* no hole */
	assert_memory_equal(&got.frame, &dd.frame, sizeof got.frame);
	if (w->packets++ && !(f->key && !f->spatial)) /* distances between numbers stay */
		assert_true((uint16_t)(got.number - w->last_number) <= 3);
	w->last_number = got.number;
	w->markers += h.marker;
	if (v.mask) {
		assert_true(got.has_mask);
		w->mask = got.mask;
	}
}

static void picture(struct way *w, uint8_t source, bool key, uint32_t timestamp)
{
	svc_source_next(&w->source, key);
	w->markers = 0;
	for (int i = 0; i < w->source.spatial; i++)
		send_frame(w, source, &w->source.frames[i], timestamp);
	assert_int_equal(w->markers, 1);
}

static void a_lower_layer_is_a_whole_stream(void **state)
{
	(void)state;
	for (int key_mode = 0; key_mode < 2; key_mode++) {
		struct way *w = way_new(3, key_mode);

		svc_set_max(&w->svc, 1, 0);
		for (uint32_t i = 0; i < 20; i++)
			picture(w, 0, i == 0, 1000 + i * 3000);
		assert_int_equal(w->mask, 3);
		assert_int_equal(w->packets, key_mode ? 21 : 40);
		assert_true(scalable_bps(&w->scalable, 60000, 0) > 0);
		assert_int_equal(scalable_bps(&w->scalable, 60000, 3), 0);

		/* asked for again: the same, with the marker that only we have set */
		const struct cache *caches[DOWN_SOURCES] = { &w->cache };
		uint8_t out[400];
		struct wr to = wr_of(out, sizeof out);
		struct dd got;
		uint16_t last = (uint16_t)(w->expected_seq - 1);

		assert_int_equal(down_retransmit(&w->down, 70000, last, caches, &to), DOWN_OK);
		struct rtp_header h = receive(w, out, wr_len(&to), &got);
		assert_int_equal(h.ssrc, 2);
		assert_true(h.marker);
		assert_int_equal(got.number, w->last_number);
		assert_int_equal(got.frame.spatial, 1);
		way_free(w);
	}
}

/* Another stream in its place: frame numbers go on where they were. */
static void a_switch_continues_the_numbers(void **state)
{
	(void)state;
	struct way *w = way_new(1, false);

	for (uint32_t i = 0; i < 5; i++)
		picture(w, 0, i == 0, 1000 + i * 3000);
	uint16_t before = w->last_number;
	w->source.number = 40000;
	w->sequence = 70000;
	picture(w, 1, true, 900000);
	assert_int_equal(w->last_number, before + 1);
	picture(w, 1, false, 903000);
	assert_int_equal(w->last_number, before + 2);
	way_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_lower_layer_is_a_whole_stream),
		cmocka_unit_test(a_switch_continues_the_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
