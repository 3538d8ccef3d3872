/* SPDX-License-Identifier: Apache-2.0 */
/* VP8 descriptors: rewriting changes the two fields and nothing else; a cut key frame is none. */
#include <assert.h>
#include <string.h>

#include "wire/vp8.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static uint8_t copy[4096];
	struct vp8_descriptor d, again;

	if (n > sizeof copy || !vp8_parse(&d, bytes, n))
		return 0;
	assert(d.length > 0 && d.length < n);
	assert(d.picture_id_at < d.length && d.tl0picidx_at < d.length);
	assert(!d.key_frame || d.frame_start);
	assert(d.has_picture_id == (d.picture_id_at != 0));

	memcpy(copy, bytes, n);
	pictures_rewrite(copy, vp8_pictures(&d), d.picture_id, d.tl0picidx);
	assert(memcmp(copy, bytes, n) == 0);
	pictures_rewrite(copy, vp8_pictures(&d), 0x5a5a, 0xa5);
	assert(vp8_parse(&again, copy, n));
	assert(again.length == d.length && again.long_picture_id == d.long_picture_id);
	assert(again.key_frame == d.key_frame && again.width == d.width && again.tid == d.tid);
	if (d.has_picture_id)
		assert(again.picture_id == (d.long_picture_id ? 0x5a5a : 0x5a));
	if (d.has_tl0picidx)
		assert(again.tl0picidx == 0xa5);
	if (d.key_frame && vp8_parse(&again, bytes, d.length + 9u))
		assert(!again.key_frame);
	return 0;
}
