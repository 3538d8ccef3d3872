/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Transport-wide feedback, both ways. See twcc.h.
 *
 *  |V=2|P|  FMT=15 |    PT=205     |            length             |
 *  |                     SSRC of packet sender                     |
 *  |                      SSRC of media source                     |
 *  |      base sequence number     |      packet status count      |
 *  |          reference time (24, 64 ms)           | fb pkt. count |
 *  |   chunks, 16 bits each …  |  deltas, 1 or 2 bytes each …      |  zeros to a word
 *
 * chunk: 0 | symbol (2) | run length (13)  ·  1 | 0 | 14 symbols of 1 bit  ·  1 | 1 | 7 symbols of
 * 2 bits
 */
#include "wire/twcc.h"

#include "base/rd.h"

enum {
	HEADER = 20,
	RUN_MAX = 0x1fff,
	RUN_WORTH_IT = 14, /* a one-bit vector holds as many */
	SYMBOLS_ONE_BIT = 14,
	SYMBOLS_TWO_BIT = 7,
	TICKS_PER_REFERENCE = TWCC_REFERENCE_US / TWCC_TICK_US,
};

enum symbol { NOT_RECEIVED, SMALL_DELTA, LARGE_DELTA, RESERVED };

enum form { RUN, ONE_BIT, TWO_BIT };

/* What one chunk covers and how it is written. */
struct chunk {
	enum form form;
	size_t count;
};

static int64_t ticks_of(uint64_t arrival)
{
	return (int64_t)(arrival / TWCC_TICK_US);
}

/* Fills symbols for as many packets as one feedback can describe and returns how many those are. */
static size_t classify(uint8_t *symbols, const uint64_t *arrivals, size_t n, int64_t reference)
{
	int64_t last = reference * TICKS_PER_REFERENCE;

	for (size_t i = 0; i < n; i++) {
		if (arrivals[i] == TWCC_LOST) {
			symbols[i] = NOT_RECEIVED;
			continue;
		}
		int64_t delta = ticks_of(arrivals[i]) - last;

		if (delta < INT16_MIN || delta > INT16_MAX)
			return i;
		symbols[i] = delta >= 0 && delta <= UINT8_MAX ? SMALL_DELTA : LARGE_DELTA;
		last += delta;
	}
	return n;
}

/* The chunk that begins at symbols[0], n > 0: the form that covers most. */
static struct chunk chunk_of(const uint8_t *symbols, size_t n)
{
	struct chunk run = { RUN, 1 }, vector = { ONE_BIT, 0 };

	while (run.count < n && run.count < RUN_MAX && symbols[run.count] == symbols[0])
		run.count++;
	if (run.count >= RUN_WORTH_IT || run.count == n)
		return run;

	while (vector.count < n && vector.count < SYMBOLS_ONE_BIT &&
	       symbols[vector.count] != LARGE_DELTA)
		vector.count++;
	if (vector.count < n && vector.count < SYMBOLS_ONE_BIT) {
		/* Only the last vector of a feedback may have room left. */
		vector.form = TWO_BIT;
		vector.count = n < SYMBOLS_TWO_BIT ? n : SYMBOLS_TWO_BIT;
	}
	return vector.count > run.count ? vector : run;
}

/*
 * How many of the n symbols fit `room` bytes of chunks and deltas.
 * Cutting the list inside a chunk leaves chunk_of with the same number of
 * chunks or fewer, so what was found to fit here does when it is written.
 */
static size_t symbols_that_fit(const uint8_t *symbols, size_t n, size_t room)
{
	size_t done = 0;

	while (done < n && room >= 2) {
		struct chunk c = chunk_of(symbols + done, n - done);

		room -= 2;
		for (size_t i = 0; i < c.count; i++) {
			size_t delta = symbols[done]; /* a symbol is the size of its delta */

			if (delta > room)
				return done;
			room -= delta;
			done++;
		}
	}
	return done;
}

static void write_chunk(struct wr *w, const struct chunk *c, const uint8_t *symbols)
{
	unsigned word;

	if (c->form == RUN) {
		word = (unsigned)symbols[0] << 13 | (unsigned)c->count;
	} else if (c->form == ONE_BIT) {
		word = 1u << 15;
		for (size_t i = 0; i < c->count; i++)
			word |= (unsigned)symbols[i] << (13 - i);
	} else {
		word = 3u << 14;
		for (size_t i = 0; i < c->count; i++)
			word |= (unsigned)symbols[i] << (12 - 2 * i);
	}
	wr_be16(w, (uint16_t)word);
}

static void write_deltas(struct wr *w, const uint8_t *symbols, const uint64_t *arrivals, size_t n,
			 int64_t reference)
{
	int64_t last = reference * TICKS_PER_REFERENCE;

	for (size_t i = 0; i < n; i++) {
		if (symbols[i] == NOT_RECEIVED)
			continue;
		int64_t delta = ticks_of(arrivals[i]) - last;

		if (symbols[i] == SMALL_DELTA)
			wr_u8(w, (uint8_t)delta);
		else
			wr_be16(w, (uint16_t)delta);
		last += delta;
	}
}

size_t twcc_write(struct wr *w, const struct twcc_head *head, uint16_t base_seq,
		  const uint64_t *arrivals, size_t n)
{
	uint8_t symbols[TWCC_PACKETS_MAX];
	size_t room = (size_t)(w->end - w->p) & ~(size_t)3, first = 0;

	if (n > TWCC_PACKETS_MAX)
		n = TWCC_PACKETS_MAX;
	while (first < n && arrivals[first] == TWCC_LOST)
		first++;
	if (w->bad || first == n || room < HEADER)
		return 0;

	int64_t reference = (int64_t)(arrivals[first] / TWCC_REFERENCE_US);
	n = symbols_that_fit(symbols, classify(symbols, arrivals, n, reference), room - HEADER);
	if (n <= first) /* nothing but losses would fit */
		return 0;

	uint8_t *start = w->p;
	wr_u8(w, 2 << 6 | 15);
	wr_u8(w, RTCP_TYPE_RTPFB);
	wr_be16(w, 0);
	wr_be32(w, head->sender_ssrc);
	wr_be32(w, head->media_ssrc);
	wr_be16(w, base_seq);
	wr_be16(w, (uint16_t)n);
	wr_be24(w, (uint32_t)reference & 0xffffff);
	wr_u8(w, head->feedback_count);
	for (size_t done = 0; done < n;) {
		struct chunk c = chunk_of(symbols + done, n - done);

		write_chunk(w, &c, symbols + done);
		done += c.count;
	}
	write_deltas(w, symbols, arrivals, n, reference);

	size_t length = (size_t)(w->p - start);
	wr_zero(w, -length & 3);
	put_be16(start + 2, (uint16_t)((length + 3) / 4 - 1));
	return n;
}

/* Puts the symbols of one chunk into the list, at most `left` of them; returns how many it held. */
static size_t read_chunk(uint16_t word, struct twcc_arrival *list, size_t left)
{
	size_t n;

	if (!(word & 0x8000)) {
		n = word & RUN_MAX;
		n = n < left ? n : left;
		for (size_t i = 0; i < n; i++)
			list[i].at_us = word >> 13 & 3;
		return n;
	}
	bool two_bit = word & 0x4000;
	n = two_bit ? SYMBOLS_TWO_BIT : SYMBOLS_ONE_BIT;
	n = n < left ? n : left;
	for (size_t i = 0; i < n; i++)
		list[i].at_us = two_bit ? word >> (12 - 2 * i) & 3 : word >> (13 - i) & 1;
	return n;
}

/* at_us holds the symbol before and the time after. */
static bool read_deltas(struct rd *r, struct twcc_arrival *list, size_t n, int32_t reference)
{
	int64_t at = (int64_t)reference * TWCC_REFERENCE_US;

	for (size_t i = 0; i < n; i++) {
		enum symbol symbol = (enum symbol)list[i].at_us;

		list[i].received = symbol != NOT_RECEIVED;
		list[i].at_us = 0;
		if (symbol == RESERVED)
			return false;
		if (symbol == SMALL_DELTA)
			at += TWCC_TICK_US * rd_u8(r);
		else if (symbol == LARGE_DELTA)
			at += TWCC_TICK_US * (int16_t)rd_be16(r);
		if (list[i].received)
			list[i].at_us = at;
	}
	return !r->bad;
}

bool twcc_parse(struct twcc_feedback *ret, struct twcc_arrival *ret_list, size_t capacity,
		const struct rtcp_feedback *f)
{
	struct rd r = rd_of(f->fci, f->fci_length);
	struct twcc_feedback feedback = { .base_seq = rd_be16(&r) };

	feedback.packet_count = rd_be16(&r);
	feedback.reference = (int32_t)(rd_be24(&r) ^ 0x800000) - 0x800000;
	feedback.feedback_count = rd_u8(&r);
	if (r.bad || feedback.packet_count == 0 || feedback.packet_count > capacity)
		return false;

	for (size_t done = 0; done < feedback.packet_count;) {
		uint16_t word = rd_be16(&r);
		size_t n = read_chunk(word, ret_list + done, feedback.packet_count - done);

		if (r.bad || n == 0) /* a run of none would never end */
			return false;
		for (size_t i = done; i < done + n; i++)
			ret_list[i].seq = (uint16_t)(feedback.base_seq + i);
		done += n;
	}
	if (!read_deltas(&r, ret_list, feedback.packet_count, feedback.reference))
		return false;
	*ret = feedback;
	return true;
}
