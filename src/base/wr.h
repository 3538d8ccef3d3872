/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A writer into the caller's memory that never leaves it. Writing past the end sets `bad` and
 * writes nothing; ask once, at the end. Owns nothing.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct wr {
	uint8_t *start, *p, *end;
	bool bad;
};

static inline struct wr wr_of(void *bytes, size_t capacity)
{
	return (struct wr){ .start = bytes,
			    .p = bytes,
			    .end = capacity ? (uint8_t *)bytes + capacity : bytes };
}

/* Bytes written so far; 0 once anything did not fit. */
static inline size_t wr_len(const struct wr *w)
{
	return w->bad ? 0 : (size_t)(w->p - w->start);
}

/* Room for n bytes to be filled by the caller, or NULL with `bad` set. */
static inline uint8_t *wr_take(struct wr *w, size_t n)
{
	if (w->bad || (size_t)(w->end - w->p) < n) {
		w->bad = true;
		return NULL;
	}
	uint8_t *p = w->p;
	w->p += n;
	return p;
}

static inline void wr_bytes(struct wr *w, const void *bytes, size_t n)
{
	uint8_t *p = wr_take(w, n);

	if (p && n)
		memcpy(p, bytes, n);
}

static inline void wr_zero(struct wr *w, size_t n)
{
	uint8_t *p = wr_take(w, n);

	if (p && n)
		memset(p, 0, n);
}

static inline void wr_u8(struct wr *w, uint8_t v)
{
	uint8_t *p = wr_take(w, 1);

	if (p)
		p[0] = v;
}

static inline void put_be16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static inline void put_be32(uint8_t *p, uint32_t v)
{
	put_be16(p, (uint16_t)(v >> 16));
	put_be16(p + 2, (uint16_t)v);
}

static inline void wr_be16(struct wr *w, uint16_t v)
{
	uint8_t *p = wr_take(w, 2);

	if (p)
		put_be16(p, v);
}

static inline void wr_be24(struct wr *w, uint32_t v)
{
	wr_u8(w, (uint8_t)(v >> 16));
	wr_be16(w, (uint16_t)v);
}

static inline void wr_be32(struct wr *w, uint32_t v)
{
	uint8_t *p = wr_take(w, 4);

	if (p)
		put_be32(p, v);
}

static inline void wr_be64(struct wr *w, uint64_t v)
{
	wr_be32(w, (uint32_t)(v >> 32));
	wr_be32(w, (uint32_t)v);
}
