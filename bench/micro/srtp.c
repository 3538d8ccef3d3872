/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SRTP per packet: ours and libsrtp2's, both suites, protect for one and for 200 receivers in turn,
 * and unprotect. CPU time of this thread; rounds of all candidates take turns, the median counts.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/wr.h"
#include "media/peer/srtp.h"
#include "referee.h"

enum { RECEIVERS = 200, PACKETS = 4000, ROUNDS = 7, SIZE = 1100, HEADER = 20 };

static const struct srtp_keys keys_gcm = { .suite = SRTP_AEAD_AES_128_GCM,
					   .send_key = "0123456789abcdef",
					   .receive_key = "0123456789abcdef" };
static const struct srtp_keys keys_cm = { .suite = SRTP_AES128_CM_SHA1_80,
					  .send_key = "0123456789abcdef",
					  .receive_key = "0123456789abcdef" };

struct bed {
	struct srtp ours[RECEIVERS];
	struct referee *theirs[RECEIVERS], *theirs_in;
	uint32_t next_seq;
	uint8_t sealed[PACKETS][SIZE + 32];
	size_t lengths[PACKETS];
};

static double now_ns(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void make_packet(uint8_t packet[SIZE], uint32_t seq)
{
	memset(packet, 0x5a, SIZE);
	packet[0] = 0x90;
	packet[1] = 96;
	put_be16(packet + 2, (uint16_t)seq);
	put_be32(packet + 8, 0x1234);
	put_be16(packet + 12, 0xbede);
	put_be16(packet + 14, 1);
}

static void check(bool ok, const char *what)
{
	if (!ok) {
		fprintf(stderr, "bench_srtp: %s failed\n", what);
		exit(1);
	}
}

/* Every receiver gets each packet in its own copy, as a forwarder does it. */
static double protect_ours(struct bed *b, unsigned receivers)
{
	static uint8_t out[SIZE + 32];
	uint8_t packet[SIZE];
	double start = now_ns();

	for (unsigned i = 0; i < PACKETS; i += receivers) {
		make_packet(packet, b->next_seq++);
		for (unsigned k = 0; k < receivers; k++) {
			struct srtp_job job = { .srtp = &b->ours[k],
						.header = packet,
						.header_length = HEADER,
						.payload = packet + HEADER,
						.payload_length = SIZE - HEADER,
						.out = out,
						.capacity = sizeof out };

			srtp_protect_rtp(&job, 1);
			check(job.ret_result == 0, "protect");
		}
	}
	return (now_ns() - start) / PACKETS;
}

static double protect_theirs(struct bed *b, unsigned receivers)
{
	static uint8_t out[SIZE + 64];
	uint8_t packet[SIZE];
	double start = now_ns();

	for (unsigned i = 0; i < PACKETS; i += receivers) {
		make_packet(packet, b->next_seq++);
		for (unsigned k = 0; k < receivers; k++) {
			memcpy(out, packet, SIZE);
			check(referee_protect(b->theirs[k], out, SIZE) > 0, "libsrtp2 protect");
		}
	}
	return (now_ns() - start) / PACKETS;
}

/* Sealed by one side (not timed), opened by the other. */
static double unprotect(struct bed *b, bool ours)
{
	uint8_t packet[SIZE];
	size_t length;

	for (unsigned i = 0; i < PACKETS; i++) {
		make_packet(packet, b->next_seq++);
		struct srtp_job job = { .srtp = &b->ours[0],
					.header = packet,
					.header_length = HEADER,
					.payload = packet + HEADER,
					.payload_length = SIZE - HEADER,
					.out = b->sealed[i],
					.capacity = sizeof b->sealed[i] };
		srtp_protect_rtp(&job, 1);
		check(job.ret_result == 0, "seal");
		b->lengths[i] = job.ret_length;
	}
	double start = now_ns();
	for (unsigned i = 0; i < PACKETS; i++) {
		bool ok = ours ? srtp_unprotect_rtp(&b->ours[0], b->sealed[i], b->lengths[i],
						    &length, NULL) == V_OK
			       : referee_unprotect(b->theirs_in, b->sealed[i],
						   (int)b->lengths[i]) == SIZE;
		check(ok, "unprotect");
	}
	return (now_ns() - start) / PACKETS;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void print_row(const char *name, double values[ROUNDS])
{
	qsort(values, ROUNDS, sizeof *values, compare);
	printf("| %-42s | %6.0f | %6.0f-%.0f |\n", name, values[ROUNDS / 2], values[0],
	       values[ROUNDS - 1]);
}

static void bench_suite(const char *suite, const struct srtp_keys *keys)
{
	struct bed *b = calloc(1, sizeof *b);
	bool gcm = keys->suite == SRTP_AEAD_AES_128_GCM;
	static const char *const names[] = { "protect, 1 receiver", "protect, 200 receivers",
					     "unprotect" };
	double values[6][ROUNDS];

	check(b, "memory");
	for (unsigned k = 0; k < RECEIVERS; k++) {
		check(srtp_init(&b->ours[k], keys) == 0, "srtp_init");
		b->theirs[k] = referee_new(gcm, keys->send_key, keys->send_salt, true);
	}
	b->theirs_in = referee_new(gcm, keys->receive_key, keys->receive_salt, false);
	for (int round = 0; round < ROUNDS; round++) {
		values[0][round] = protect_ours(b, 1);
		values[1][round] = protect_theirs(b, 1);
		values[2][round] = protect_ours(b, RECEIVERS);
		values[3][round] = protect_theirs(b, RECEIVERS);
		values[4][round] = unprotect(b, true);
		values[5][round] = unprotect(b, false);
	}
	for (int i = 0; i < 6; i++) {
		char name[100];

		(void)snprintf(name, sizeof name, "%s, %s, %s", suite, names[i / 2],
			       i % 2 ? "libsrtp2" : "ours");
		print_row(name, values[i]);
	}
	for (unsigned k = 0; k < RECEIVERS; k++) {
		srtp_fini(&b->ours[k]);
		(void)referee_free(b->theirs[k]);
	}
	(void)referee_free(b->theirs_in);
	free(b);
}

int main(void)
{
	printf("| SRTP, %d-byte packet                        | ns     | range |\n|---|---|---|\n",
	       SIZE);
	bench_suite("GCM", &keys_gcm);
	bench_suite("CM-80", &keys_cm);
	return 0;
}
