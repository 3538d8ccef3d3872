/* SPDX-License-Identifier: Apache-2.0 */
/* What a program is told of the path to the server: an encoder that follows, over a link with a rate, a queue and a
 * server's transport-wide feedback, in virtual time (test/lib/client_edges.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "in_call.h"
#include "wire/rtcp.h"
#include "wire/twcc.h"

enum {
	STEP_US = 5 * 1000,
	FRAME_US = 33 * 1000,
	FEEDBACK_US = 50 * 1000,
	DELAY_US = 20 * 1000,
	QUEUE_US = 300 * 1000, /* what would wait longer is lost */
	IN_FLIGHT = 4096,
};

struct link {
	struct in_call *c;
	confab_track *track;
	uint32_t rate;		      /* bit/s; 0: nothing gets through */
	uint64_t free_at;	      /* when what waits is through */
	uint64_t arrivals[IN_FLIGHT]; /* by number; 0: not sent, TWCC_LOST */
	uint16_t next, told;	      /* numbers: sent up to, told up to */
	uint32_t told_bps, events;
	uint64_t next_frame, next_feedback, sent_bits;
	uint32_t timestamp;
	bool remb;
};

static void on_media(void *arg, size_t n)
{
	struct link *l = arg;
	uint64_t now = edges.now, start = l->free_at > now ? l->free_at : now;
	uint16_t number = l->c->call->session->bandwidth.path.transport_seq;

	l->sent_bits += n * 8;
	l->next = (uint16_t)(number + 1);
	l->arrivals[number % IN_FLIGHT] = TWCC_LOST;
	if (!l->rate || start - now > QUEUE_US)
		return;
	l->free_at = start + (n + 28) * 8 * US_PER_S / l->rate;
	l->arrivals[number % IN_FLIGHT] = l->free_at + DELAY_US;
}

static void rx(struct link *l, const struct wr *w)
{
	struct rtcp_packet p;
	struct rtcp_iter it;

	if (!wr_len(w))
		return;
	assert_true(rtcp_iter_init(&it, w->start, wr_len(w)));
	while (rtcp_next(&it, &p))
		bandwidth_rtcp(l->c->call->session, edges.now, &p);
}

/* Tells of what has arrived, and of what was lost before it. */
static void feedback(struct link *l)
{
	uint64_t list[IN_FLIGHT];
	uint8_t bytes[1400];
	struct wr w = wr_of(bytes, sizeof bytes);
	static uint8_t count;
	size_t n = 0;

	if (l->remb) {
		rtcp_write_remb(&w, 1, l->rate, NULL, 0);
		rx(l, &w);
		return;
	}
	for (uint16_t i = l->told; i != l->next; i++) {
		uint64_t at = l->arrivals[i % IN_FLIGHT];

		if (at != TWCC_LOST && at > edges.now)
			break;
		list[n++] = at;
	}
	while (n && list[n - 1] == TWCC_LOST)
		n--;
	n = twcc_write(&w, &(struct twcc_head){ 1, 2, count++ }, l->told, list, n);
	l->told = (uint16_t)(l->told + n);
	rx(l, &w);
}

static void frame(struct link *l, uint32_t bps)
{
	static uint8_t bytes[200000];
	size_t n = (size_t)((uint64_t)bps * FRAME_US / US_PER_S / 8);
	const confab_frame f = {
		.codec = CONFAB_VP8, .bytes = bytes, .length = n, .timestamp = l->timestamp += 3000
	};

	assert_int_equal(confab_track_write(l->track, &f), CONFAB_OK);
	edges_run(l->c->client);
}

/* The newest target; the events are counted. */
static void look(struct link *l)
{
	const struct bandwidth *b = &l->c->call->session->bandwidth;

	for (; l->c->at < l->c->count; l->c->at++)
		l->events += l->c->seen[l->c->at].type == CONFAB_EVENT_TARGET_BITRATE;
	if (l->c->count > IN_CALL_SEEN / 2)
		l->c->count = l->c->at = 0;
	l->told_bps = b->told;
}

/* An encoder that makes what it is told, `most` at most, and 300 kbit/s before. */
static void run(struct link *l, uint64_t us, uint32_t most)
{
	for (uint64_t end = edges.now + us; edges.now < end; edges.now += STEP_US) {
		if (edges.now >= l->next_frame) {
			uint32_t bps = l->told_bps ? l->told_bps : 300000;

			l->next_frame = edges.now + FRAME_US;
			frame(l, bps < most ? bps : most);
		}
		if (edges.now >= l->next_feedback) {
			l->next_feedback = edges.now + FEEDBACK_US;
			feedback(l);
		}
		bandwidth_tick(l->c->call->session, edges.now);
		look(l);
	}
}

static struct link *begin(struct in_call *c, uint32_t rate, uint32_t most)
{
	static struct link l;
	const confab_track_options video = { .codec = CONFAB_VP8, .bitrate = most };

	l = (struct link){ .c = c, .rate = rate, .told = 1 };
	assert_int_equal(confab_call_publish(c->call, &video, &l.track, NULL), CONFAB_OK);
	edges.on_media = on_media;
	edges.on_media_arg = &l;
	return &l;
}

static void assert_between(uint32_t value, uint32_t least, uint32_t most)
{
	assert_in_range(value, least, most);
}

/* 1.5 Mbit/s, then 400 kbit/s, then again: the target is never far above what the link takes. */
static void an_encoder_follows(void **state)
{
	struct link *l = begin(*state, 1500000, 3000000);

	run(l, 900 * US_PER_MS, 3000000);
	assert_int_equal(l->told_bps, 0); /* it would only be the first guess */
	run(l, 3 * US_PER_S, 3000000);
	assert_between(l->told_bps, 900000, 1700000);
	run(l, 5 * US_PER_S, 3000000);
	assert_between(l->told_bps, 900000, 1700000);
	l->rate = 400000;
	run(l, 2 * US_PER_S, 3000000);
	assert_between(l->told_bps, 150000, 420000);
	run(l, 5 * US_PER_S, 3000000);
	assert_between(l->told_bps, 200000, 420000);
	l->rate = 1500000;
	run(l, 12 * US_PER_S, 3000000);
	assert_between(l->told_bps, 900000, 1700000);
	assert_true(l->events > 3 && l->events < 100);
}

/* Nobody probes for more than the encoders make. */
static void no_more_than_is_wanted(void **state)
{
	struct link *l = begin(*state, 20000000, 500000);

	run(l, 5 * US_PER_S, 500000);
	assert_between(l->told_bps, 500000, 2500000);
	l->sent_bits = 0;
	run(l, 10 * US_PER_S, 500000);
	assert_between((uint32_t)(l->sent_bits / 10), 480000, 620000);
}

/* A path that is gone: nothing is told, and afterwards it is near what it was. */
static void a_silence(void **state)
{
	struct link *l = begin(*state, 1500000, 1500000);
	uint32_t before, events;

	run(l, 6 * US_PER_S, 1500000);
	before = l->told_bps;
	assert_between(before, 800000, 1700000);
	l->rate = 0;
	run(l, 1500 * US_PER_MS, 1500000);
	events = l->events;
	run(l, 4 * US_PER_S, 1500000);
	assert_int_equal(l->events, events);
	l->rate = 1500000;
	run(l, 8 * US_PER_S, 1500000);
	assert_between(l->told_bps, before / 2, 1700000);
}

static void a_server_with_remb_only(void **state)
{
	struct link *l = begin(*state, 800000, 1500000);

	l->remb = true;
	run(l, 3 * US_PER_S, 1500000);
	assert_between(l->told_bps, 600000, 800000);
	l->rate = 200000;
	run(l, 200 * US_PER_MS, 1500000);
	assert_between(l->told_bps, 100000, 200000);
}

/* Malformed and foreign feedback changes nothing; without video nothing is told. */
static void nothing_to_tell(void **state)
{
	struct in_call *c = *state;
	const confab_track_options sound = { .codec = CONFAB_OPUS };
	struct link l = { .c = c, .rate = 1000000, .told = 1, .remb = true };
	uint8_t bytes[64];
	struct wr w = wr_of(bytes, sizeof bytes);

	rtcp_write_remb(&w, 1, 100000, NULL, 0);
	rx(&l, &w); /* before anything is published */
	assert_int_equal(confab_call_publish(c->call, &sound, &l.track, NULL), CONFAB_OK);
	for (int i = 0; i < 100; i++, edges.now += FEEDBACK_US) {
		feedback(&l);
		bandwidth_tick(c->call->session, edges.now);
	}
	look(&l);
	assert_int_equal(l.events, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(an_encoder_follows, in_call_set_up,
						in_call_tear_down),
		cmocka_unit_test_setup_teardown(no_more_than_is_wanted, in_call_set_up,
						in_call_tear_down),
		cmocka_unit_test_setup_teardown(a_silence, in_call_set_up, in_call_tear_down),
		cmocka_unit_test_setup_teardown(a_server_with_remb_only, in_call_set_up,
						in_call_tear_down),
		cmocka_unit_test_setup_teardown(nothing_to_tell, in_call_set_up, in_call_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
