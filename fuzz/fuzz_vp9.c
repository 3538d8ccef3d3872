/* SPDX-License-Identifier: Apache-2.0 */
/* VP9 descriptors: rewriting changes the two fields and nothing else. */
#include <stdlib.h>
#include <string.h>

#include "wire/vp9.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

#define check(what) ((what) ? (void)0 : abort())

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static uint8_t copy[4096];
	struct vp9_descriptor d, again;

	size_t whole = vp9_descriptor_length(bytes, n);

	(void)av1_is_key_frame(bytes, n);
	check(whole < n || whole == 0);
	check(!whole || vp9_parse(&d, bytes, n)); /* what is whole can be looked at */
	if (n > sizeof copy || !vp9_parse(&d, bytes, n))
		return 0;
	check(d.picture_id_at < n && d.tl0picidx_at < n);
	check(d.has_picture_id == (d.picture_id_at != 0));
	check(d.has_tl0picidx == (d.tl0picidx_at != 0));
	check(!d.key_frame || (d.start && !d.inter));
	memcpy(copy, bytes, n);
	pictures_rewrite(copy, vp9_pictures(&d), d.picture_id, d.tl0picidx);
	check(memcmp(copy, bytes, n) == 0);
	pictures_rewrite(copy, vp9_pictures(&d), 0x5a5a, 0xa5);
	check(vp9_parse(&again, copy, n));
	check(again.tid == d.tid && again.sid == d.sid && again.key_frame == d.key_frame);
	check(again.long_picture_id == d.long_picture_id);
	if (d.has_picture_id)
		check(again.picture_id == (d.long_picture_id ? 0x5a5a : 0x5a));
	if (d.has_tl0picidx)
		check(again.tl0picidx == 0xa5);
	return 0;
}
