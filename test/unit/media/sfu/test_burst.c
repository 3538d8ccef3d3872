/* SPDX-License-Identifier: Apache-2.0 */
/* The burst: order, grouping by track, and which packets are made equally long. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "media/sfu/burst.h"
#include "media/sfu/subscription.h"
#include "media/sfu/track.h"

struct fixture {
	struct burst burst;
	struct track tracks[2];
	struct subscription subscriptions[2][3];
};

static struct fixture *make(void)
{
	struct fixture *f = test_calloc(1, sizeof *f);

	for (int i = 0; i < 2; i++) {
		f->tracks[i].kind = i ? KIND_AUDIO : KIND_VIDEO;
		list_init(&f->tracks[i].subscriptions);
		for (int k = 0; k < 3; k++) {
			f->subscriptions[i][k].track = &f->tracks[i];
			list_append(&f->tracks[i].subscriptions, &f->subscriptions[i][k].in_track);
		}
	}
	return f;
}

static void add(struct fixture *f, int track, uint64_t sequence, uint16_t length)
{
	burst_add(&f->burst, 1, &f->tracks[track], 0, false,
		  &(struct media_packet){ .sequence = sequence, .length = length });
}

static const struct media_packet *in_group(const struct fixture *f, unsigned i)
{
	assert_true(i < f->burst.group_count);
	return &f->burst.packets[f->burst.group[i]].packet;
}

static void everybody_gets_everything_once_track_by_track(void **state)
{
	struct fixture *f = make();

	(void)state;
	assert_null(burst_next(&f->burst));
	add(f, 0, 1, 100);
	add(f, 1, 7, 50);
	add(f, 0, 2, 100);
	add(f, 0, 3, 100);
	for (int track = 0; track < 2; track++) {
		for (int k = 0; k < 3; k++) {
			assert_ptr_equal(burst_next(&f->burst), &f->subscriptions[track][k]);
			assert_int_equal(f->burst.group_count, track ? 1 : 3);
			for (unsigned i = 0; i < f->burst.group_count; i++)
				assert_int_equal(in_group(f, i)->sequence, track ? 7 : 1 + i);
		}
	}
	assert_null(burst_next(&f->burst));
	assert_true(burst_is_empty(&f->burst));
	add(f, 1, 8, 50); /* and starts anew */
	assert_ptr_equal(burst_next(&f->burst), &f->subscriptions[1][0]);
	test_free(f);
}

static void it_takes_as_many_as_it_says(void **state)
{
	struct fixture *f = make();
	unsigned n = 0;

	(void)state;
	for (; !burst_is_full(&f->burst); n++)
		add(f, n % 2, n, 10);
	assert_int_equal(n, BURST_PACKETS);
	for (n = 0; burst_next(&f->burst); n++)
		assert_int_equal(f->burst.group_count, BURST_PACKETS / 2);
	assert_int_equal(n, 6);
	test_free(f);
}

static void nearly_equal_video_packets_are_padded(void **state)
{
	static const uint16_t lengths[] = { 1000, 1001, 1000, 1001, 996, 500, 0, 990 };
	static const uint8_t paddings[] = { 1, 0, 1, 0, 4, 0, 0, 0 };
	struct fixture *f = make();

	(void)state;
	for (unsigned i = 0; i < 8; i++)
		add(f, 0, i + 1, lengths[i]);
	add(f, 1, 20, 80);
	add(f, 1, 21, 81); /* audio stays as it is */
	assert_non_null(burst_next(&f->burst));
	for (unsigned i = 0; i < 8; i++)
		assert_int_equal(in_group(f, i)->padding, paddings[i]);
	while (f->burst.track != &f->tracks[1])
		assert_non_null(burst_next(&f->burst));
	assert_int_equal(in_group(f, 0)->padding, 0);
	test_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everybody_gets_everything_once_track_by_track),
		cmocka_unit_test(it_takes_as_many_as_it_says),
		cmocka_unit_test(nearly_equal_video_packets_are_padded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
