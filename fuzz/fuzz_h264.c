/* SPDX-License-Identifier: Apache-2.0 */
/* H.264 payloads: a key frame is only seen where a NAL unit begins. */
#include <assert.h>

#include "wire/h264.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct h264_payload h;
	bool good = h264_parse(&h, bytes, n);

	assert(h264_is_key_frame(bytes, n) == (good && (h.sps || h.idr)));
	if (good) {
		assert(h.packet_type == (bytes[0] & 0x1f));
		assert(h.nal_start || (!h.sps && !h.idr));
	}
	return 0;
}
