/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Transport-wide feedback. First byte even: the rest is an FCI; what parses is written again and
 * reads the same. Odd: the rest makes a list of arrivals, which is written in pieces and read back.
 */
#include <assert.h>
#include <string.h>

#include "wire/twcc.h"

enum { LIST = 4096 };

static const int64_t wrap = (1ll << 24) * TWCC_REFERENCE_US;

static void check_piece(const uint8_t *bytes, size_t n, uint16_t base, const uint64_t *arrivals,
			size_t took)
{
	static struct twcc_arrival list[LIST];
	struct rtcp_iter it;
	struct rtcp_packet p;
	struct rtcp_feedback f;
	struct twcc_feedback got;

	assert(rtcp_iter_init(&it, bytes, n) && rtcp_next(&it, &p) &&
	       rtcp_kind_of(&p) == RTCP_TWCC);
	assert(rtcp_parse_feedback(&f, &p) && twcc_parse(&got, list, LIST, &f));
	assert(got.base_seq == base && got.packet_count == took);
	for (size_t i = 0; i < took; i++) {
		assert(list[i].received == (arrivals[i] != TWCC_LOST));
		int64_t want = (int64_t)(arrivals[i] / TWCC_TICK_US * TWCC_TICK_US);
		assert(!list[i].received || (list[i].at_us - want) % wrap == 0);
	}
}

static void write_all(const uint64_t *arrivals, size_t n, uint16_t base, size_t capacity)
{
	static uint8_t bytes[2048];
	struct twcc_head head = { 1, 2, 3 };

	for (size_t done = 0; done < n;) {
		struct wr w = wr_of(bytes, capacity);
		uint16_t seq = (uint16_t)(base + done);
		size_t took = twcc_write(&w, &head, seq, arrivals + done, n - done);

		assert(!w.bad && took <= n - done);
		if (took) {
			check_piece(bytes, wr_len(&w), seq, arrivals + done, took);
		} else {
			assert(w.p == bytes);
			assert(arrivals[done] == TWCC_LOST || capacity < 28);
			took = 1;
		}
		done += took;
	}
}

static void check_parse(const uint8_t *bytes, size_t n, size_t capacity)
{
	static struct twcc_arrival list[LIST];
	static uint64_t arrivals[LIST];
	struct rtcp_feedback f = { .fci = bytes, .fci_length = n };
	struct twcc_feedback got;

	if (!twcc_parse(&got, list, LIST, &f))
		return;
	assert(got.packet_count > 0 && got.packet_count <= LIST);
	for (size_t i = 0; i < got.packet_count; i++) {
		assert(list[i].seq == (uint16_t)(got.base_seq + i));
		/* far from 0, so that a negative time is one on the clock */
		arrivals[i] = list[i].received ? (uint64_t)(list[i].at_us + 4 * wrap) : TWCC_LOST;
	}
	write_all(arrivals, got.packet_count, got.base_seq, capacity);
}

static void check_write(const uint8_t *bytes, size_t n, size_t capacity)
{
	static uint64_t arrivals[LIST];
	uint64_t at = 1ull << 40;
	size_t count = 0;

	for (; n >= 2 && count < LIST; bytes += 2, n -= 2) {
		/* a signed step of a float-like kind: small ones are common, large ones possible */
		int64_t step = (int64_t)(bytes[1] & 0x7f) << (bytes[0] & 0x1f);

		at += (uint64_t)(bytes[1] & 0x80 ? -step / 16 : step);
		at &= (1ull << 50) - 1;
		arrivals[count++] = bytes[0] & 0x80 ? TWCC_LOST : at;
	}
	write_all(arrivals, count, 65000, capacity);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	if (n < 2)
		return 0;
	size_t capacity = 20 + bytes[1] * 6u;
	if (bytes[0] & 1)
		check_write(bytes + 2, n - 2, capacity);
	else
		check_parse(bytes + 2, n - 2, capacity);
	return 0;
}
