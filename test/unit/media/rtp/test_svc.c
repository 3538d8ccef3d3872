/* SPDX-License-Identifier: Apache-2.0 */
/* Which frames of an SVC stream a subscriber gets: those its layer needs, none it cannot decode. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "media/rtp/svc.h"
#include "svc_source.h"

/* A publisher, the selector, and a decoder that knows which frame numbers it has. */
struct call {
	struct svc_source source;
	struct dd_structure structure;
	struct svc svc;
	uint32_t active; /* 0 = all */
	bool decodable[65536];
	unsigned kept, best_spatial, best_temporal; /* of the last picture */
	unsigned markers, broken;
	uint32_t mask;
};

static void packet(struct call *c, const struct svc_frame *f)
{
	uint8_t bytes[DD_MAX];
	struct dd d;
	size_t n = svc_source_descriptor(&c->source, f, true, true, bytes);

	assert_true(dd_parse(&d, &c->structure, &c->structure, bytes, n));
	struct svc_verdict v = svc_decide(&c->svc, &c->structure, c->active ? c->active : d.mask,
					  &d, f->key && f->spatial == 0);

	if (v.mask)
		c->mask = v.mask;
	if (!v.keep)
		return;
	bool good = true;
	for (int i = 0; i < f->ref_count; i++)
		good &= c->decodable[(uint16_t)(f->number - f->refs[i])];
	c->decodable[f->number] = good;
	c->broken += !good;
	c->kept++;
	c->markers += v.marker;
	c->best_spatial = f->spatial;
	c->best_temporal = f->temporal;
}

static void picture(struct call *c, bool key)
{
	svc_source_next(&c->source, key);
	if (key)
		memset(c->decodable, 0, sizeof c->decodable);
	c->kept = c->markers = 0;
	for (int i = 0; i < c->source.spatial; i++)
		packet(c, &c->source.frames[i]);
}

static struct call *call_new(int spatial, int temporal, bool key_mode)
{
	struct call *c = calloc(1, sizeof *c);

	assert_non_null(c);
	c->source = (struct svc_source){
		.spatial = spatial, .temporal = temporal, .key_mode = key_mode, .number = 65500
	};
	svc_init(&c->svc);
	return c;
}

static void every_limit(void **state)
{
	(void)state;
	for (int mode = 0; mode < 18; mode++) {
		int spatial = mode % 3 + 1, temporal = mode / 3 % 3 + 1;
		bool key_mode = mode >= 9;

		for (int limit = 0; limit < 9; limit++) {
			struct call *c = call_new(spatial, temporal, key_mode);
			unsigned s = (unsigned)limit % 3, t = (unsigned)limit / 3, frames = 0;

			svc_set_max(&c->svc, s, t);
			picture(c, true);
			svc_restart(&c->svc);
			picture(c, false); /* nothing before a key frame */
			assert_int_equal(c->kept, 0);
			for (int i = 0; i < 80; i++) {
				unsigned top = s < (unsigned)spatial ? s : (unsigned)spatial - 1;

				picture(c, i % 40 == 0);
				frames += c->kept > 0;
				if (!c->kept)
					continue;
				assert_int_equal(c->best_spatial, top);
				assert_true(c->best_temporal <= t);
				assert_int_equal(c->markers, 1);
				assert_int_equal(c->kept, key_mode && i % 40 ? 1 : top + 1);
			}
			unsigned share = temporal == 1 || t + 1 >= (unsigned)temporal ? 1
					 : temporal == 2			      ? 2
					 : t == 0				      ? 4
										      : 2;
			assert_int_equal(frames, 80 / share);
			assert_int_equal(c->broken, 0);
			free(c);
		}
	}
}

static void more_takes_a_key_frame(void **state)
{
	(void)state;
	for (int key_mode = 0; key_mode < 2; key_mode++) {
		struct call *c = call_new(3, 3, key_mode);

		svc_set_max(&c->svc, 0, 2);
		picture(c, true);
		assert_int_equal(c->mask, 0x7); /* the targets of the lowest spatial layer */
		for (int i = 0; i < 6; i++)
			picture(c, false);
		assert_false(svc_wants_key(&c->svc));
		svc_set_max(&c->svc, 2, 2);
		for (int i = 0; i < 5; i++) {
			picture(c, false);
			assert_int_equal(c->best_spatial, 0);
		}
		assert_true(svc_wants_key(&c->svc));
		picture(c, true);
		assert_int_equal(c->best_spatial, 2);
		assert_int_equal(c->mask, 0x1ff);
		assert_false(svc_wants_key(&c->svc));
		for (int i = 0; i < 8; i++)
			picture(c, false);
		/* less: at once where the layers refer to each other in each picture */
		svc_set_max(&c->svc, 1, 2);
		for (int i = 0; i < 5; i++)
			picture(c, false);
		assert_int_equal(c->best_spatial, key_mode ? 2 : 1);
		assert_int_equal(svc_wants_key(&c->svc), key_mode);
		picture(c, true);
		assert_int_equal(c->best_spatial, 1);
		assert_int_equal(c->broken, 0);
		free(c);
	}
}

static void the_publisher_stops_a_layer(void **state)
{
	(void)state;
	struct call *c = call_new(3, 1, false);

	picture(c, true);
	assert_int_equal(c->best_spatial, 2);
	c->active = 3;
	c->source.spatial = 3;
	for (int i = 0; i < 3; i++) {
		svc_source_next(&c->source, false);
		c->kept = c->markers = 0;
		for (int k = 0; k < 2; k++)
			packet(c, &c->source.frames[k]);
		if (i > 0) /* the target follows, so that the picture ends where it ends */
			assert_int_equal(c->markers, 1);
	}
	assert_int_equal(c->mask, 3);
	assert_int_equal(c->broken, 0);
	free(c);
}

/* Limits at random, key frames when asked for: whatever is kept can be decoded. */
static void random_limits(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 60; seed++) {
		struct call *c = call_new(3, 3, seed % 2);
		struct rng rng;
		unsigned long frames = 0;

		rng_seeded(&rng, seed);
		picture(c, true);
		for (int i = 0; i < 2000; i++) {
			if (rng_u32(&rng) % 20 == 0)
				svc_set_max(&c->svc, rng_u32(&rng) % 3, rng_u32(&rng) % 3);
			picture(c, svc_wants_key(&c->svc) && rng_u32(&rng) % 8 == 0);
			frames += c->kept > 0;
		}
		assert_int_equal(c->broken, 0);
		assert_true(frames > 600); /* T0 always comes */
		svc_set_max(&c->svc, 2, 2);
		for (int i = 0; i < 20; i++)
			picture(c, svc_wants_key(&c->svc));
		assert_int_equal(c->best_spatial, 2);
		free(c);
	}
}

/* Lost before us: what refers to it is forwarded all the same, and it, too, when it comes late. */
static void late(void **state)
{
	(void)state;
	struct call *c = call_new(2, 1, false);

	picture(c, true);
	svc_source_next(&c->source, false);
	struct svc_frame missing[2] = { c->source.frames[0], c->source.frames[1] };
	c->kept = 0;
	svc_source_next(&c->source, false);
	for (int i = 0; i < 2; i++)
		packet(c, &c->source.frames[i]);
	assert_int_equal(c->kept, 2);
	packet(c, &missing[1]);
	packet(c, &missing[0]);
	assert_int_equal(c->kept, 4);
	svc_set_max(&c->svc, 0, 0);
	picture(c, false);
	assert_int_equal(c->kept, 1);
	free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_limit),
		cmocka_unit_test(more_takes_a_key_frame),
		cmocka_unit_test(the_publisher_stops_a_layer),
		cmocka_unit_test(random_limits),
		cmocka_unit_test(late),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
