/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See cache.h. Positions count all bytes ever written; a packet lies in one piece, so the end of
 * the ring is skipped when it does not fit there. A packet is intact while the head is at most one
 * capacity past its start.
 *
 * Way: up.c ▸ [cache.c] ▸ down.c
 */
#include "media/rtp/cache.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static size_t power_of_two(size_t n)
{
	size_t p = 1;

	while (p < n)
		p *= 2;
	return p;
}

int cache_init(struct cache *c, size_t limit, size_t packets)
{
	if (!limit || limit > CACHE_BYTES_MAX || !packets || packets > 65536)
		return -EINVAL;
	limit = power_of_two(limit);
	packets = power_of_two(packets);
	size_t start = limit < CACHE_START_BYTES ? limit : CACHE_START_BYTES;
	uint8_t *bytes = malloc(start);
	struct cache_entry *entries = calloc(packets, sizeof *entries);
	if (!bytes || !entries) {
		free(bytes);
		free(entries);
		return -ENOMEM;
	}
	*c = (struct cache){ .bytes = bytes,
			     .entries = entries,
			     .capacity = (uint32_t)start,
			     .limit = (uint32_t)limit,
			     .entry_count = (uint32_t)packets };
	return 0;
}

void cache_fini(struct cache *c)
{
	free(c->bytes);
	free(c->entries);
	*c = (struct cache){ 0 };
}

/*
 * Doubles the ring. Only called with the head at the ring's start, so that the last lap is one
 * piece in the new ring too. Without memory the ring stays as it is.
 */
static void grow(struct cache *c)
{
	uint8_t *bytes = malloc((size_t)c->capacity * 2);

	if (!bytes)
		return;
	c->floor = c->head - c->capacity;
	memcpy(bytes + (c->floor & (c->capacity * 2 - 1)), c->bytes, c->capacity);
	free(c->bytes);
	c->bytes = bytes;
	c->capacity *= 2;
}

/* The ring's end was reached: grow when the lap took less than the span to keep. */
static void begin_lap(struct cache *c, uint64_t now)
{
	if (c->capacity < c->limit && now - c->lap < CACHE_SPAN_US)
		grow(c);
	c->lap = now;
}

void cache_put(struct cache *c, const struct media_packet *p)
{
	struct cache_entry *e = &c->entries[p->sequence & (c->entry_count - 1)];
	uint32_t at = (uint32_t)c->head & (c->capacity - 1);
	uint32_t size = (uint32_t)p->dd_length + p->length;

	if (e->sequence >= p->sequence || size > c->capacity)
		return; /* known, or its place belongs to a newer one */
	if (!c->head)
		c->lap = p->arrival;
	if (at + size > c->capacity) {
		c->head += c->capacity - at;
		at = 0;
	}
	if (!at && c->head) {
		begin_lap(c, p->arrival);
		at = (uint32_t)c->head & (c->capacity - 1);
	}
	if (p->dd_length)
		memcpy(c->bytes + at, p->dd_bytes, p->dd_length);
	if (p->length)
		memcpy(c->bytes + at + p->dd_length, p->payload, p->length);
	*e = (struct cache_entry){ .sequence = p->sequence,
				   .at = c->head,
				   .arrival = p->arrival & 0xffffffffffff,
				   .dd_length = p->dd_length,
				   .temporal = (unsigned char)(p->temporal & 7),
				   .sync = p->sync,
				   .timestamp = p->timestamp,
				   .length = p->length,
				   .flags = p->flags,
				   .orientation = p->orientation };
	c->head += size;
}

bool cache_get(const struct cache *c, uint64_t sequence, struct media_packet *ret)
{
	const struct cache_entry *e = &c->entries[sequence & (c->entry_count - 1)];

	if (!sequence || e->sequence != sequence)
		return false;
	if (e->at < c->floor || c->head - e->at > c->capacity)
		return false;
	const uint8_t *bytes = c->bytes + (e->at & (c->capacity - 1));

	*ret = (struct media_packet){ .arrival = e->arrival,
				      .sequence = sequence,
				      .timestamp = e->timestamp,
				      .length = e->length,
				      .flags = e->flags,
				      .orientation = e->orientation,
				      .temporal = e->temporal,
				      .sync = e->sync,
				      .dd_length = e->dd_length,
				      .dd_bytes = bytes,
				      .payload = bytes + e->dd_length };
	return true;
}

size_t cache_memory(const struct cache *c)
{
	return c->capacity + c->entry_count * sizeof *c->entries;
}
