/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A reader over bytes that never leaves them. Reading past the end sets `bad` and yields zeros, so
 * a parser reads field after field in the order of its RFC and asks once, at the end. Owns nothing.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rd {
	const uint8_t *p, *end;
	bool bad;
};

/* p + n, also for NULL + 0, which C leaves undefined. */
static inline const uint8_t *rd_ahead(const uint8_t *p, size_t n)
{
	return n ? p + n : p;
}

static inline struct rd rd_of(const void *bytes, size_t n)
{
	return (struct rd){ .p = bytes, .end = rd_ahead(bytes, n) };
}

static inline size_t rd_left(const struct rd *r)
{
	return r->bad ? 0 : (size_t)(r->end - r->p);
}

/* The next n bytes, or NULL with `bad` set. For n == 0 the pointer may be NULL too: ask `bad`. */
static inline const uint8_t *rd_take(struct rd *r, size_t n)
{
	if (rd_left(r) < n || r->bad) {
		r->bad = true;
		return NULL;
	}
	const uint8_t *p = r->p;
	r->p = rd_ahead(p, n);
	return p;
}

static inline void rd_skip(struct rd *r, size_t n)
{
	(void)rd_take(r, n);
}

/* A reader over the next n bytes only: a length-prefixed part cannot leave its length. */
static inline struct rd rd_sub(struct rd *r, size_t n)
{
	const uint8_t *p = rd_take(r, n);

	return r->bad ? (struct rd){ .bad = true } : (struct rd){ .p = p, .end = rd_ahead(p, n) };
}

static inline uint8_t rd_u8(struct rd *r)
{
	const uint8_t *p = rd_take(r, 1);

	return p ? p[0] : 0;
}

static inline uint16_t rd_be16(struct rd *r)
{
	const uint8_t *p = rd_take(r, 2);

	return p ? (uint16_t)(p[0] << 8 | p[1]) : 0;
}

static inline uint32_t rd_be24(struct rd *r)
{
	const uint8_t *p = rd_take(r, 3);

	return p ? (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2] : 0;
}

static inline uint32_t rd_be32(struct rd *r)
{
	const uint8_t *p = rd_take(r, 4);

	return p ? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3] : 0;
}

static inline uint64_t rd_be64(struct rd *r)
{
	uint64_t high = rd_be32(r);

	return high << 32 | rd_be32(r);
}
