/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Dependency descriptors one after the other, each behind a byte of length. What is read can be
 * written again with another number and mask, and then reads the same.
 */
#include <stdlib.h>
#include <string.h>

#include "base/rd.h"
#include "wire/dd.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define check(what) ((what) ? (void)0 : abort())

static void check_structure(const struct dd_structure *s)
{
	check(s->target_count >= 1 && s->target_count <= DD_TARGETS);
	check(s->template_count >= 1 && s->template_count <= DD_TEMPLATES);
	check(s->spatial_count >= 1 && s->spatial_count <= DD_SPATIAL);
	for (unsigned i = 0; i < s->target_count; i++)
		check(s->spatial[i] < s->spatial_count && s->temporal[i] < s->temporal_count);
}

static void write_again(const struct dd *d, const struct dd_structure *s, const uint8_t *bytes,
			size_t n)
{
	uint8_t out[DD_MAX + DD_GROWTH];
	struct dd_structure structure = *s;
	uint32_t mask = s->target_count == 32 ? 0xa5a5a5a5
					      : 0xa5a5a5a5 & ((1u << s->target_count) - 1);
	size_t m = dd_write(out, d, bytes, n, 0x1234, mask);
	struct dd e;

	check(m > DD_MIN && m <= n + DD_GROWTH);
	if (m > DD_MAX)
		return;
	check(dd_parse(&e, &structure, s, out, m));
	check(e.number == 0x1234 && e.has_mask && e.mask == mask);
	check(e.start == d->start && e.end == d->end && e.has_structure == d->has_structure);
	check(memcmp(&e.frame, &d->frame, sizeof e.frame) == 0);
	check(memcmp(&structure, s, sizeof structure) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rd r = rd_of(data, size);
	struct dd_structure structure;
	bool known = false;

	while (rd_left(&r)) {
		size_t n = rd_u8(&r);
		size_t left = rd_left(&r);
		struct dd d;

		if (n > left)
			n = left;
		const uint8_t *bytes = rd_take(&r, n);
		if (!n || !dd_parse(&d, &structure, known ? &structure : NULL, bytes, n))
			continue;
		known = true;
		check_structure(&structure);
		check(d.frame.ref_count <= DD_REFS && d.frame.spatial < structure.spatial_count);
		check(d.mask_at <= d.rest_at && d.rest_at <= d.end_at && d.end_at <= n * 8);
		write_again(&d, &structure, bytes, n);
	}
	return 0;
}
