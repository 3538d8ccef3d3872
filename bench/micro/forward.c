/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The engine's cost per forwarded packet, without sockets and without a loader: a call is set up in
 * virtual time (test/sim, GCM, keys injected), its publisher's next frames are recorded, encrypted,
 * and then replayed: engine_rx for each packet of a frame, engine_next_tx into nothing. What came
 * out is not copied and not looked at. CPU time of the thread; rounds in turn, the median counts.
 *
 * The same to 100 with the caches full of something else before each frame, as after the kernel has
 * sent the frame before, or another room's.
 *
 * Then the same trace in two threads, an engine each: what the second core brings.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sim.h"
#include "wire/rtp.h"
#include "wire/rtpext.h"

enum { ROUNDS = 5, SIZES = 4, FRAMES = 150, FRAME_PACKETS = 6, PAYLOAD = 1080, FRAME_US = 33333 };
enum { LINE = 64, ELSE_BYTES = 24 << 20 };

/* More than the caches hold. */
struct something_else {
	volatile uint8_t bytes[ELSE_BYTES];
};

struct recorded {
	uint16_t length;
	uint8_t bytes[1500];
};

struct bed {
	struct sim *sim;
	struct sim_client *publisher;
	struct path from;
	struct recorded trace[FRAMES][FRAME_PACKETS];
	double ns;		      /* of the last replay, per forwarded packet */
	struct something_else *other; /* fills the caches before each frame; NULL = nothing does */
	pthread_barrier_t *barrier;
};

static uint64_t now_ns(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static struct bed *bed_new(uint64_t seed, int subscribers)
{
	static const struct simlink_config link = { .delay_us = 1000 };
	struct bed *b = calloc(1, sizeof *b);

	b->sim = sim_new(seed, &link);
	b->publisher = sim_join(b->sim, false);
	for (int i = 0; i < subscribers; i++)
		(void)sim_join(b->sim, false);
	(void)sim_publish(b->publisher, KIND_VIDEO, false);
	sim_run(b->sim, 2 * SIM_S);

	struct sockaddr_in *in = (struct sockaddr_in *)&b->from.address;
	in->sin_family = AF_INET;
	in->sin_addr.s_addr = htonl(0x0a000000 + b->publisher->pub.tag);
	in->sin_port = htons((uint16_t)(40000 + b->publisher->pub.tag % 1000));
	return b;
}

static void bed_free(struct bed *b)
{
	(void)sim_free(b->sim);
	free(b);
}

/* One packet of an inter frame, as the fake client makes it, but longer. */
static void record_packet(struct bed *b, struct recorded *r, int place)
{
	struct sim_track *t = &b->publisher->tracks[0];
	struct sim_layer *l = &t->layers[0];
	uint8_t packet[1500];
	struct wr w = wr_of(packet, sizeof packet);

	rtp_write(&w, &(struct rtp_header){ .marker = place == FRAME_PACKETS - 1,
					    .payload_type = 96,
					    .seq = l->seq++,
					    .timestamp = l->timestamp,
					    .ssrc = l->ssrc });
	struct rtpext_wr x = rtpext_begin(&w);
	rtpext_add_u16(&x, 3, ++b->publisher->transport_seq);
	rtpext_end(&x);
	wr_u8(&w, place ? 0x80 : 0x90); /* RFC 7741: X, S */
	wr_u8(&w, 0x80);
	wr_be16(&w, (uint16_t)(0x8000 | l->picture));
	wr_u8(&w, 0x01); /* no key frame */
	wr_zero(&w, PAYLOAD - 5);

	int n = transport_protect_rtp(&b->publisher->pub.peer.transport, packet, wr_len(&w),
				      r->bytes, sizeof r->bytes);
	if (w.bad || n <= 0) {
		fprintf(stderr, "bench_forward: a packet could not be recorded\n");
		exit(1);
	}
	r->length = (uint16_t)n;
}

static void record(struct bed *b)
{
	struct sim_layer *l = &b->publisher->tracks[0].layers[0];

	for (int i = 0; i < FRAMES; i++) {
		l->timestamp += 3000;
		l->picture = (uint16_t)((l->picture + 1) & 0x7fff);
		for (int k = 0; k < FRAME_PACKETS; k++)
			record_packet(b, &b->trace[i][k], k);
	}
}

static void replay_frame(struct bed *b, struct recorded *frame)
{
	struct engine *e = b->sim->engine;
	struct engine_tx tx;
	uint64_t now = b->sim->now += FRAME_US;

	for (int k = 0; k < FRAME_PACKETS; k++)
		engine_rx(e, now, &b->from, frame[k].bytes, frame[k].length);
	while (engine_next_tx(e, &tx))
		;
	if (engine_deadline(e) <= now)
		engine_tick(e, now);
	while (engine_next_tx(e, &tx))
		;
}

static void fill_caches(struct something_else *other)
{
	for (size_t i = 0; other && i < ELSE_BYTES; i += LINE)
		other->bytes[i]++;
}

/* Leaves ns per packet in `b`. */
static void *replay(void *argument)
{
	struct bed *b = argument;
	const struct sfu *sfu = engine_sfu(b->sim->engine);
	uint64_t before = sfu->forwarded_packets;

	if (b->barrier)
		(void)pthread_barrier_wait(b->barrier);
	uint64_t sum = 0;
	for (int i = 0; i < FRAMES; i++) {
		fill_caches(b->other);
		uint64_t start = now_ns();
		replay_frame(b, b->trace[i]);
		sum += now_ns() - start;
	}
	b->ns = (double)sum / (double)(sfu->forwarded_packets - before);
	return NULL;
}

static double round_ns(uint64_t seed, int subscribers, struct something_else *other)
{
	struct bed *b = bed_new(seed, subscribers);

	b->other = other;
	record(b);
	(void)replay(b);
	double ns = b->ns;
	bed_free(b);
	return ns;
}

/*
 * Packets per second of two engines in two threads at once, in those of one. By CPU time: what the
 * engines take from each other (locks, caches, memory, a shared core), not what others take.
 */
static double scaling(uint64_t seed)
{
	struct bed *beds[3];
	pthread_barrier_t barrier;
	pthread_t threads[2];

	(void)pthread_barrier_init(&barrier, NULL, 2);
	for (int i = 0; i < 3; i++) {
		beds[i] = bed_new(seed + (uint64_t)i, 100);
		beds[i]->barrier = i ? &barrier : NULL;
		record(beds[i]);
	}
	(void)replay(beds[0]);
	for (int i = 0; i < 2; i++)
		(void)pthread_create(&threads[i], NULL, replay, beds[i + 1]);
	for (int i = 0; i < 2; i++)
		(void)pthread_join(threads[i], NULL);
	double ratio = beds[0]->ns / beds[1]->ns + beds[0]->ns / beds[2]->ns;
	for (int i = 0; i < 3; i++)
		bed_free(beds[i]);
	(void)pthread_barrier_destroy(&barrier);
	return ratio;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void sort(double values[ROUNDS])
{
	qsort(values, ROUNDS, sizeof *values, compare);
}

int main(void)
{
	static const int sizes[SIZES] = { 1, 10, 100, 100 };
	struct something_else *other = calloc(1, sizeof *other);
	double values[SIZES][ROUNDS], twice[ROUNDS];

	for (int round = 0; round < ROUNDS; round++) {
		for (int i = 0; i < SIZES; i++)
			values[i][round] = round_ns((uint64_t)round + 1, sizes[i],
						    i == SIZES - 1 ? other : NULL);
		twice[round] = scaling((uint64_t)round + 1);
	}
	printf("| engine, frames of %d packets, 1 publisher to n | ns per packet | range |\n"
	       "|---|---|---|\n",
	       FRAME_PACKETS);
	for (int i = 0; i < SIZES; i++) {
		sort(values[i]);
		printf("| %d%s | %.0f | %.0f-%.0f |\n", sizes[i],
		       i == SIZES - 1 ? ", cold caches" : "", values[i][ROUNDS / 2], values[i][0],
		       values[i][ROUNDS - 1]);
	}
	sort(twice);
	printf("| two engines in two threads, times one | %.2f | %.2f-%.2f |\n", twice[ROUNDS / 2],
	       twice[0], twice[ROUNDS - 1]);
	free(other);
	return 0;
}
