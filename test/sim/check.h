/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of whole calls ask again and again. Include after cmocka.h. */
#pragma once

#include "sim.h"

__attribute__((unused)) static const struct simlink_config good = { .delay_us = 15000 };
__attribute__((unused)) static const struct simlink_config lossy = { .delay_us = 20000,
								     .jitter_us = 3000,
								     .loss_ppm = 50000 };

static inline struct sim_stream *must_have(struct sim_client *c, const struct sim_track *t)
{
	struct sim_stream *s = sim_stream(c, &t->sid);

	assert_non_null(s);
	assert_true(s->started);
	assert_int_equal(s->wrong, 0);
	return s;
}

/* Packets that neither came nor were given up. */
static inline int64_t unaccounted(const struct sim_stream *s)
{
	int64_t expected = (int64_t)(s->up.highest - s->up.base + 1);

	return expected - (int64_t)s->packets - (int64_t)s->up.count.given_up - s->up.gap_count;
}

static inline uint64_t drops(const struct sim *s, enum sfu_drop why)
{
	return engine_sfu(s->engine)->drops[why];
}
