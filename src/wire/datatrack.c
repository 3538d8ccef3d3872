/* SPDX-License-Identifier: Apache-2.0 */
/* See datatrack.h. Way: sfu/data.c ▸ [datatrack.c] ▸ sfu/data_track.c */
#include "wire/datatrack.h"

#include "base/rd.h"

bool datatrack_parse(uint16_t *ret_handle, const void *bytes, size_t n)
{
	enum { EXTENDED = 1 << 2, REST = 8 };
	struct rd r = rd_of(bytes, n);
	uint8_t first = rd_u8(&r);

	rd_skip(&r, 1);
	uint16_t handle = rd_be16(&r);

	rd_skip(&r, REST);
	if (first & EXTENDED) {
		/* words, of which the count itself is half a one, less one */
		size_t words = rd_be16(&r) + (size_t)1;

		rd_skip(&r, 4 * words - 2);
	}
	if (r.bad || first >> 5 != 0 || handle == 0)
		return false;
	*ret_handle = handle;
	return true;
}
