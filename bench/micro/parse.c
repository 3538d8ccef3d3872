/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What reading costs, per packet: an RTP header with its extensions and the VP8 descriptor behind
 * it; a compound of a receiver report and transport-wide feedback on 100 packets; a STUN check with
 * its fingerprint. CPU time of this thread; rounds of all take turns, the median counts.
 *
 * usage, in the project's folder: build/bench/bench_parse
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/wr.h"
#include "wire/rtcp.h"
#include "wire/rtp.h"
#include "wire/rtpext.h"
#include "wire/stun.h"
#include "wire/twcc.h"
#include "wire/vp8.h"

#define CHECK_FILE "test/vectors/stun/rfc5769-2.1-request.bin"

enum { ROUNDS = 7, TIMES = 20000, FEEDBACK_PACKETS = 100, ID_TWCC = 3, KINDS = 3 };

struct bed {
	uint8_t media[1100], feedback[1200], check[256];
	size_t feedback_length, check_length;
	struct rtpext_map extensions;
};

static double now_ns(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void must(bool ok, const char *what)
{
	if (!ok) {
		fprintf(stderr, "bench_parse: %s failed\n", what);
		exit(1);
	}
}

static void init_bed(struct bed *b)
{
	struct wr w = wr_of(b->media, sizeof b->media);
	uint64_t arrivals[FEEDBACK_PACKETS];

	rtp_write(&w, &(struct rtp_header){ .payload_type = 96, .seq = 1, .ssrc = 0x1234 });
	struct rtpext_wr x = rtpext_begin(&w);
	(void)rtpext_add_u16(&x, ID_TWCC, 7);
	rtpext_end(&x);
	wr_be32(&w, 0x90808001); /* RFC 7741 4.2: start of a partition, 15-bit picture id */
	must(rtpext_map_set(&b->extensions, ID_TWCC, RTPEXT_TRANSPORT_CC), "extensions");

	for (unsigned i = 0; i < FEEDBACK_PACKETS; i++) /* one in 17 was lost */
		arrivals[i] = i % 17 == 3 ? TWCC_LOST : 1000000 + 1100 * i;
	w = wr_of(b->feedback, sizeof b->feedback);
	rtcp_write_rr(&w, 1, &(struct rtcp_report){ .ssrc = 2 }, 1);
	must(twcc_write(&w, &(struct twcc_head){ .sender_ssrc = 1, .media_ssrc = 2 }, 1, arrivals,
			FEEDBACK_PACKETS) == FEEDBACK_PACKETS,
	     "writing feedback");
	b->feedback_length = wr_len(&w);

	FILE *f = fopen(CHECK_FILE, "re");
	b->check_length = f ? fread(b->check, 1, sizeof b->check, f) : 0;
	must(b->check_length > 0, "reading " CHECK_FILE);
	(void)fclose(f);
}

static void read_media(const struct bed *b)
{
	struct rtp_header h;
	struct rtpext x;
	struct vp8_descriptor vp8;

	must(rtp_parse(&h, b->media, sizeof b->media), "RTP");
	rtpext_parse(&x, &b->extensions, &h);
	must(x.has_transport_seq && vp8_parse(&vp8, h.payload, h.payload_length), "VP8");
}

static void read_feedback(const struct bed *b)
{
	static struct twcc_arrival list[FEEDBACK_PACKETS];
	struct twcc_feedback feedback;
	struct rtcp_feedback f;
	struct rtcp_iter it;
	bool found = false;

	must(rtcp_iter_init(&it, b->feedback, b->feedback_length), "RTCP");
	for (struct rtcp_packet p; rtcp_next(&it, &p);)
		found = found || (rtcp_parse_feedback(&f, &p) &&
				  twcc_parse(&feedback, list, FEEDBACK_PACKETS, &f));
	must(found, "feedback");
}

static void read_check(const struct bed *b)
{
	struct stun_msg m;

	must(stun_parse(&m, b->check, b->check_length) == STUN_OK, "STUN");
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int main(void)
{
	static void (*const reads[KINDS])(const struct bed *) = { read_media, read_feedback,
								  read_check };
	static const char *const names[KINDS] = { "RTP, extensions, VP8 descriptor",
						  "RTCP: report, feedback on 100 packets",
						  "STUN check" };
	static double values[KINDS][ROUNDS];
	static struct bed b;

	init_bed(&b);
	for (int round = 0; round < ROUNDS; round++) {
		for (int kind = 0; kind < KINDS; kind++) {
			double start = now_ns();

			for (int i = 0; i < TIMES; i++)
				reads[kind](&b);
			values[kind][round] = (now_ns() - start) / TIMES;
		}
	}
	printf("| reading | ns | range |\n|---|---|---|\n");
	for (int kind = 0; kind < KINDS; kind++) {
		qsort(values[kind], ROUNDS, sizeof *values[kind], compare);
		printf("| %s | %.0f | %.0f-%.0f |\n", names[kind], values[kind][ROUNDS / 2],
		       values[kind][0], values[kind][ROUNDS - 1]);
	}
	return 0;
}
