/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A reader and a writer of bits, the highest of each byte first, that never leave their bytes:
 * base/rd.h and base/wr.h in bits. Own nothing.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bits {
	const uint8_t *bytes;
	size_t at, end; /* bits */
	bool bad;
};

static inline struct bits bits_of(const void *bytes, size_t n)
{
	return (struct bits){ .bytes = bytes, .end = n * 8 };
}

/* The next `count` (0..32) bits; past the end: 0, and `bad` is set. */
static inline uint32_t bits_get(struct bits *b, unsigned count)
{
	uint32_t v = 0;

	if (b->bad || b->end - b->at < count) {
		b->bad = true;
		return 0;
	}
	for (; count; count--, b->at++)
		v = v << 1 | (b->bytes[b->at / 8] >> (7 - b->at % 8) & 1);
	return v;
}

/* Non-symmetric: a number below n in as few bits as that takes (AV1 4.10.7). n: not 0. */
static inline uint32_t bits_get_ns(struct bits *b, uint32_t n)
{
	unsigned w = 0;

	for (uint32_t x = n; x; x >>= 1)
		w++;
	uint32_t m = (uint32_t)((uint64_t)1 << w) - n, v = bits_get(b, w - 1);

	return v < m ? v : (v << 1) - m + bits_get(b, 1);
}

struct bits_wr {
	uint8_t *bytes; /* bits of a byte are cleared when its first is written */
	size_t at, end; /* bits */
	bool bad;
};

static inline struct bits_wr bits_wr_of(void *bytes, size_t n)
{
	return (struct bits_wr){ .bytes = bytes, .end = n * 8 };
}

static inline void bits_put(struct bits_wr *b, uint32_t v, unsigned count)
{
	if (b->bad || b->end - b->at < count) {
		b->bad = true;
		return;
	}
	for (; count; count--, b->at++) {
		if (b->at % 8 == 0)
			b->bytes[b->at / 8] = 0;
		if (v >> (count - 1) & 1)
			b->bytes[b->at / 8] = (uint8_t)(b->bytes[b->at / 8] | 0x80 >> b->at % 8);
	}
}

/* Copies bits [from, to) of `bytes`. */
static inline void bits_copy(struct bits_wr *w, const uint8_t *bytes, size_t from, size_t to)
{
	struct bits r = { .bytes = bytes, .at = from, .end = to };

	while (r.at < to) {
		unsigned count = to - r.at > 32 ? 32 : (unsigned)(to - r.at);

		bits_put(w, bits_get(&r, count), count);
	}
}

/* Whole bytes; what the last one does not use is zero. */
static inline size_t bits_len(const struct bits_wr *b)
{
	return b->bad ? 0 : (b->at + 7) / 8;
}
