/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What sending costs when several streams have something for a receiver in the same turn: as one message (net/udp.h), and
 * as it would be if each stream's packets went alone, which is what other receivers make of them. CPU time of this thread
 * on loopback, the receive half included; rounds of all take turns, the median counts.
 *
 * usage: build/bench/bench_send
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "net/udp.h"

enum { ROUNDS = 9, TIMES = 500, RECEIVERS = 10, VIDEO = 1040, SOUND = 120 };

struct row {
	const char *name;
	unsigned video, sounds; /* packets of a frame; streams of sound, a packet each */
};

static const struct row rows[] = {
	{ "a frame of 6", 6, 0 },
	{ "a packet of sound", 0, 1 },
	{ "a frame of 6, and sound", 6, 1 },
	{ "sound of two", 0, 2 },
	{ "sound of three", 0, 3 },
};

enum { ROWS = sizeof rows / sizeof *rows, APART_MAX = 4 };

struct bed {
	struct udp from, to[RECEIVERS * APART_MAX];
	struct sockaddr_storage addresses[RECEIVERS * APART_MAX];
};

static void must(int r, const char *what)
{
	if (r >= 0)
		return;
	(void)fprintf(stderr, "%s: %s\n", what, strerror(-r));
	exit(1);
}

static void open_bed(struct bed *b)
{
	struct sockaddr_storage any;

	must(udp_address_parse("127.0.0.1", 0, &any), "127.0.0.1");
	must(udp_init(&b->from, &any, NULL, 0), "socket");
	for (size_t i = 0; i < RECEIVERS * APART_MAX; i++) {
		must(udp_init(&b->to[i], &any, NULL, 0), "socket");
		must(udp_local(&b->to[i], &b->addresses[i]), "socket");
	}
}

static double cpu_us(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* A stream's packets to each receiver; stream k's are others' when they go apart. */
static void put_stream(struct bed *b, unsigned k, unsigned count, size_t n, bool apart)
{
	uint8_t bytes[VIDEO] = { 0x80, 96, [11] = (uint8_t)k };

	for (size_t i = 0; i < RECEIVERS; i++)
		for (unsigned p = 0; p < count; p++)
			udp_put(&b->from, &b->addresses[apart ? k * RECEIVERS + i : i], bytes, n);
}

/* µs of a receiver; messages of it. */
static double measure(struct bed *b, const struct row *row, bool apart, double *ret_messages)
{
	struct udp_datagram in[UDP_BATCH];
	uint64_t before = b->from.messages;
	double used = 0;

	for (int i = 0; i < TIMES; i++) {
		double begin = cpu_us();

		if (row->video)
			put_stream(b, 0, row->video, VIDEO, apart);
		for (unsigned k = 1; k <= row->sounds; k++)
			put_stream(b, k, 1, SOUND + k, apart);
		udp_flush(&b->from);
		used += cpu_us() - begin;
		for (size_t k = 0; k < RECEIVERS * APART_MAX; k++)
			while (udp_receive(&b->to[k], in) > 0)
				;
	}
	*ret_messages = (double)(b->from.messages - before) / TIMES / RECEIVERS;
	return used / TIMES / RECEIVERS;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int main(void)
{
	static struct bed bed;
	static double us[ROWS][2][ROUNDS], messages[ROWS][2];

	open_bed(&bed);
	for (int round = 0; round < ROUNDS; round++)
		for (size_t i = 0; i < ROWS; i++)
			for (int apart = 0; apart < 2; apart++)
				us[i][apart][round] = measure(&bed, &rows[i], apart,
							      &messages[i][apart]);
	printf("| in one turn, for each of %d receivers | messages, apart | us, apart | messages | "
	       "us |\n"
	       "|---|---|---|---|---|\n",
	       RECEIVERS);
	for (size_t i = 0; i < ROWS; i++) {
		for (int apart = 0; apart < 2; apart++)
			qsort(us[i][apart], ROUNDS, sizeof(double), compare);
		printf("| %s | %.1f | %.2f | %.1f | %.2f |\n", rows[i].name, messages[i][1],
		       us[i][1][ROUNDS / 2], messages[i][0], us[i][0][ROUNDS / 2]);
	}
	return 0;
}
