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
	uint32_t frame; /* timestamp of what is received */
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

/* Sound that comes in the middle of a group goes to everybody before the rest; its bytes are its own. */
static void sound_overtakes(void **state)
{
	struct fixture *f = make();
	uint8_t bytes[BURST_SOUND] = { 1 };
	struct media_packet sound = { .sequence = 7, .length = sizeof bytes, .payload = bytes };

	(void)state;
	assert_null(burst_next_sound(&f->burst));
	add(f, 0, 1, 100);
	assert_ptr_equal(burst_next(&f->burst), &f->subscriptions[0][0]);
	burst_add_sound(&f->burst, &f->tracks[1], 0, false, &sound);
	bytes[0] = 2;
	sound.sequence = 8;
	burst_add_sound(&f->burst, &f->tracks[1], 0, false, &sound);
	bytes[0] = 3;
	for (uint64_t sequence = 7; sequence < 9; sequence++) {
		for (int k = 0; k < 3; k++) {
			assert_ptr_equal(burst_next_sound(&f->burst), &f->subscriptions[1][k]);
			assert_int_equal(f->burst.sounds[0].packet.sequence, sequence);
			assert_int_equal(f->burst.sounds[0].packet.payload[0], sequence - 6);
		}
	}
	assert_null(burst_next_sound(&f->burst));
	/* and the group goes on where it was */
	assert_ptr_equal(burst_next(&f->burst), &f->subscriptions[0][1]);
	assert_int_equal(in_group(f, 0)->sequence, 1);
	assert_ptr_equal(burst_next(&f->burst), &f->subscriptions[0][2]);
	assert_null(burst_next(&f->burst));
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

/* ---- holding ---- */

/* A layer with a cache, as video has. */
static struct track_layer *open_layer(struct fixture *f, int layer)
{
	struct track_layer *l = test_calloc(1, sizeof *l);

	assert_int_equal(cache_init(&l->cache, 1 << 16, 64), 0);
	l->has_cache = true;
	f->tracks[0].layers[layer] = l;
	return l;
}

static void close_layers(struct fixture *f)
{
	for (int i = 0; i < LAYERS_MAX; i++) {
		if (f->tracks[0].layers[i])
			cache_fini(&f->tracks[0].layers[i]->cache);
		test_free(f->tracks[0].layers[i]);
	}
}

/* A packet whose every byte is its number; the buffer is overwritten by the next one. */
static void receive(struct fixture *f, uint64_t now, int layer, uint8_t sequence, uint8_t flags)
{
	static uint8_t buffer[200];
	const struct media_packet p = { .sequence = sequence,
					.timestamp = f->frame,
					.length = sizeof buffer,
					.flags = flags,
					.payload = buffer };

	memset(buffer, sequence, sizeof buffer);
	cache_put(&f->tracks[0].layers[layer]->cache, &p);
	burst_add(&f->burst, now, &f->tracks[0], layer, false, &p);
}

/* The first subscriber gets these packets, and then nobody anything. */
static void expect_group(struct fixture *f, const char *sequences)
{
	struct subscription *s = burst_next(&f->burst);

	assert_ptr_equal(s, &f->subscriptions[0][0]);
	assert_int_equal(f->burst.group_count, strlen(sequences));
	for (unsigned i = 0; i < f->burst.group_count; i++) {
		const struct media_packet *p = in_group(f, i);

		assert_int_equal(p->sequence, sequences[i] - '0');
		assert_int_equal(p->payload[0], p->sequence);
		assert_int_equal(p->payload[p->length - 1], p->sequence);
	}
	while (burst_next(&f->burst))
		;
}

static void a_frame_waits_for_its_end(void **state)
{
	struct fixture *f = make();

	(void)state;
	(void)open_layer(f, 0);
	receive(f, 1000, 0, 1, 0);
	assert_null(burst_next(&f->burst));
	assert_int_equal(f->burst.due, 1000 + BURST_HOLD_US);
	add(f, 1, 9, 50); /* audio does not */
	assert_ptr_equal(burst_next(&f->burst), &f->subscriptions[1][0]);
	while (burst_next(&f->burst))
		;
	receive(f, 1200, 0, 2, 0);
	assert_null(burst_next(&f->burst));
	receive(f, 1400, 0, 3, MEDIA_MARKER);
	expect_group(f, "123");
	assert_true(burst_is_empty(&f->burst));
	assert_int_equal(f->burst.due, 0);
	close_layers(f);
	test_free(f);
}

static void not_for_longer_than_a_millisecond(void **state)
{
	struct fixture *f = make();

	(void)state;
	(void)open_layer(f, 0);
	receive(f, 1000, 0, 1, 0);
	receive(f, 1500, 0, 2, 0);
	burst_turn(&f->burst, 1000 + BURST_HOLD_US - 1);
	assert_null(burst_next(&f->burst));
	burst_turn(&f->burst, 1000 + BURST_HOLD_US);
	expect_group(f, "12");
	assert_int_equal(f->burst.now, 1000 + BURST_HOLD_US);
	receive(f, 5000, 0, 3, 0); /* nor when a command is to be run */
	assert_null(burst_next(&f->burst));
	burst_release(&f->burst);
	expect_group(f, "3");
	receive(f, 6000, 0, 4, 0); /* and then as before */
	assert_null(burst_next(&f->burst));
	close_layers(f);
	test_free(f);
}

static void every_layer_is_waited_for(void **state)
{
	struct fixture *f = make();

	(void)state;
	(void)open_layer(f, 0);
	(void)open_layer(f, 1);
	receive(f, 1000, 0, 1, MEDIA_MARKER);
	receive(f, 1000, 1, 2, 0);
	assert_null(burst_next(&f->burst));
	receive(f, 1100, 1, 3, MEDIA_MARKER);
	expect_group(f, "123");
	close_layers(f);
	test_free(f);
}

static void what_cannot_wait_does_not(void **state)
{
	struct fixture *f = make();
	struct track_layer *l = open_layer(f, 0);

	(void)state;
	receive(f, 1000, 0, 1, MEDIA_RECOVERED);
	expect_group(f, "1");
	l->has_cache = false; /* nowhere to keep it */
	receive(f, 1000, 0, 2, 0);
	expect_group(f, "2");
	l->has_cache = true;
	for (uint8_t i = 0; i < BURST_FRAME; i++)
		receive(f, 2000, 0, (uint8_t)(3 + i), 0);
	assert_non_null(burst_next(&f->burst)); /* a message full */
	close_layers(f);
	test_free(f);
}

static void slow_frames_are_not_waited_for(void **state)
{
	struct fixture *f = make();
	unsigned held = 0;

	(void)state;
	(void)open_layer(f, 0);
	for (unsigned i = 0; i < BURST_TRIES + BURST_PAUSE; i++) {
		uint64_t now = 10000 * (i + 1);

		f->frame++;
		receive(f, now, 0, (uint8_t)(i + 1), 0);
		held += !burst_next(&f->burst);
		burst_turn(&f->burst, now + BURST_HOLD_US);
		while (burst_next(&f->burst))
			;
		assert_true(burst_is_empty(&f->burst));
	}
	assert_int_equal(held, BURST_TRIES + 1); /* and once to see whether that has changed */
	receive(f, 1000000, 0, 100, 0);
	assert_non_null(burst_next(&f->burst));
	close_layers(f);
	test_free(f);
}

/* As libwebrtc's pacer lets a key frame go: parts of it, 20 ms from each other. */
static void parts_of_a_key_frame_are_waited_for_but_shortly(void **state)
{
	struct fixture *f = make();
	struct track_layer *l = open_layer(f, 0);

	(void)state;
	f->frame = 7;
	for (unsigned part = 0; part < 3; part++) {
		uint64_t now = 20000 * (part + 1);

		receive(f, now, 0, (uint8_t)(10 * part + 1), 0);
		assert_null(burst_next(&f->burst));
		assert_int_equal(f->burst.due, now + (part ? BURST_REST_US : BURST_HOLD_US));
		receive(f, now + 100, 0, (uint8_t)(10 * part + 2), 0);
		assert_null(burst_next(&f->burst));
		burst_turn(&f->burst, f->burst.due);
		while (burst_next(&f->burst))
			;
		assert_true(burst_is_empty(&f->burst));
		assert_int_equal(l->held_in_vain, 1); /* the frame, not each part */
	}
	f->frame = 8; /* what comes together needs no wait, and says that waiting is worth it */
	receive(f, 100000, 0, 41, MEDIA_FRAME_START);
	receive(f, 100000, 0, 42, MEDIA_MARKER);
	assert_non_null(burst_next(&f->burst));
	while (burst_next(&f->burst))
		;
	assert_int_equal(l->held_in_vain, 0);
	close_layers(f);
	test_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everybody_gets_everything_once_track_by_track),
		cmocka_unit_test(sound_overtakes),
		cmocka_unit_test(it_takes_as_many_as_it_says),
		cmocka_unit_test(nearly_equal_video_packets_are_padded),
		cmocka_unit_test(a_frame_waits_for_its_end),
		cmocka_unit_test(not_for_longer_than_a_millisecond),
		cmocka_unit_test(every_layer_is_waited_for),
		cmocka_unit_test(what_cannot_wait_does_not),
		cmocka_unit_test(slow_frames_are_not_waited_for),
		cmocka_unit_test(parts_of_a_key_frame_are_waited_for_but_shortly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
