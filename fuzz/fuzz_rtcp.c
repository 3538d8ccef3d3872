/* SPDX-License-Identifier: Apache-2.0 */
/* RTCP: a compound that passes is read to its end;
 * lists stay in their caps; what is written again reads the same. */
#include <assert.h>
#include <string.h>

#include "base/wr.h"
#include "wire/rtcp.h"

enum { NACK_CAP = 64 };

static void read_one(struct rtcp_packet *ret, const struct wr *w)
{
	struct rtcp_iter it;

	assert(wr_len(w) && rtcp_iter_init(&it, w->start, wr_len(w)) && rtcp_next(&it, ret));
}

static void check_reports(const struct rtcp_packet *p)
{
	uint8_t bytes[2048];
	struct wr w = wr_of(bytes, sizeof bytes);
	struct rtcp_report reports[31];
	struct rtcp_packet again;
	struct rtcp_sr sr, sr_again;
	uint32_t ssrc, ssrc_again;
	size_t n = 0;

	while (n < 31 && rtcp_parse_report(&reports[n], p, n))
		n++;
	if (rtcp_parse_sr(&sr, p)) {
		assert(n == p->count);
		rtcp_write_sr(&w, &sr, reports, n);
		read_one(&again, &w);
		assert(rtcp_parse_sr(&sr_again, &again));
		assert(memcmp(again.body, p->body, again.length) == 0);
	} else if (rtcp_parse_rr(&ssrc, p)) {
		assert(n == p->count);
		rtcp_write_rr(&w, ssrc, reports, n);
		read_one(&again, &w);
		assert(rtcp_parse_rr(&ssrc_again, &again) && ssrc == ssrc_again);
		assert(memcmp(again.body, p->body, again.length) == 0);
	}
}

static void check_remb(const struct rtcp_feedback *f)
{
	uint8_t bytes[2048];
	struct wr w = wr_of(bytes, sizeof bytes);
	struct rtcp_remb remb, again;
	struct rtcp_packet p;
	struct rtcp_feedback g;

	if (!rtcp_parse_remb(&remb, f))
		return;
	assert(remb.ssrcs + 4 * remb.ssrc_count <= f->fci + f->fci_length);
	rtcp_write_remb(&w, 1, remb.bitrate, NULL, 0);
	read_one(&p, &w);
	assert(rtcp_parse_feedback(&g, &p) && rtcp_parse_remb(&again, &g));
	assert(again.bitrate == remb.bitrate || remb.bitrate == UINT64_MAX);
}

static void check_feedback(const struct rtcp_packet *p)
{
	struct rtcp_feedback f;
	uint16_t seqs[NACK_CAP + 1];
	uint32_t ssrc;
	uint8_t command;

	if (!rtcp_parse_feedback(&f, p))
		return;
	assert(f.fci + f.fci_length == p->body + p->length);
	seqs[NACK_CAP] = 0xbeef;
	assert(rtcp_parse_nack(&f, seqs, NACK_CAP) <= NACK_CAP && seqs[NACK_CAP] == 0xbeef);
	for (size_t i = 0; rtcp_parse_fir(&ssrc, &command, &f, i); i++)
		assert(i < f.fci_length / 8);
	check_remb(&f);
}

static void check_times(const struct rtcp_packet *p)
{
	uint8_t bytes[64];
	struct wr w = wr_of(bytes, sizeof bytes);
	struct rtcp_packet again;
	struct rtcp_rrtr rrtr, rrtr_again;
	struct rtcp_dlrr dlrr, dlrr_again;

	for (size_t i = 0; rtcp_parse_dlrr(&dlrr, p, i); i++)
		assert(i < p->length / 12);
	if (rtcp_parse_dlrr(&dlrr, p, 0)) {
		rtcp_write_dlrr(&w, 1, &dlrr, 1);
		read_one(&again, &w);
		assert(rtcp_parse_dlrr(&dlrr_again, &again, 0));
		assert(memcmp(&dlrr, &dlrr_again, sizeof dlrr) == 0);
	}
	w = wr_of(bytes, sizeof bytes);
	if (rtcp_parse_rrtr(&rrtr, p)) {
		rtcp_write_rrtr(&w, &rrtr);
		read_one(&again, &w);
		assert(rtcp_parse_rrtr(&rrtr_again, &again));
		assert(rrtr.ssrc == rrtr_again.ssrc && rrtr.ntp == rrtr_again.ntp);
	}
}

static void check_texts(const struct rtcp_packet *p)
{
	uint32_t ssrc;
	const char *cname;
	size_t n;

	if (rtcp_parse_cname(&ssrc, &cname, &n, p))
		assert((const uint8_t *)cname >= p->body &&
		       (const uint8_t *)cname + n <= p->body + p->length);
	for (size_t i = 0; rtcp_parse_bye(&ssrc, p, i); i++)
		assert(i < p->count);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct rtcp_iter it;
	struct rtcp_packet p;
	const uint8_t *end = bytes;

	if (!rtcp_iter_init(&it, bytes, n))
		return 0;
	while (rtcp_next(&it, &p)) {
		assert(p.body >= end && p.body + p.length <= bytes + n);
		end = p.body + p.length;
		(void)rtcp_kind_of(&p);
		check_reports(&p);
		check_feedback(&p);
		check_times(&p);
		check_texts(&p);
	}
	assert(it.p == bytes + n);
	return 0;
}
