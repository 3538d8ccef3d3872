/* SPDX-License-Identifier: Apache-2.0 */
/* What down.c and down_feedback.c share; for them only. */
#pragma once

#include "media/rtp/down.h"

/* NULL before the first packet. */
static inline struct down_range *down_range_newest(struct down *d)
{
	return d->range_serial ? &d->ranges[d->range_serial % DOWN_RANGES] : NULL;
}

/* Remembers *r as the newest range; the oldest is forgotten. */
static inline struct down_range *down_range_push(struct down *d, const struct down_range *r)
{
	struct down_range *at = &d->ranges[++d->range_serial % DOWN_RANGES];

	*at = *r;
	return at;
}

/* The range that holds source packet `sequence`, or NULL. Ranges of one source do not overlap. */
struct down_range *down_range_find(struct down *d, uint8_t source, uint64_t sequence);

/* Was that source already sent from a later packet than `sequence`? */
bool down_range_is_past(struct down *d, uint8_t source, uint64_t sequence);

/* The header extensions of any packet; r, p: NULL = padding. */
void down_write_extensions(struct down *d, uint64_t now, const struct down_range *r,
			   const struct media_packet *p, bool rtx, struct wr *out);

/* Writes one packet; sequence: extended out number, which for rtx becomes the OSN.
 * Takes no note of it. */
void down_write_packet(struct down *d, uint64_t now, const struct down_range *r,
		       const struct media_packet *p, uint64_t sequence, bool rtx, struct wr *out);
