/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frames of RTP payloads, and payloads of frames. Bytes: codec; then packets: sequence step, flags,
 * length, payload. Whatever comes out is bounded; what pack makes of it comes out the same.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/rd.h"
#include "client/pack.h"
#include "client/unpack.h"

static void again(enum media_codec codec, const struct unpack_frame *f)
{
	static uint8_t payload[PACK_MAX];
	struct unpack_frame same;
	struct unpack u;
	struct pack p;
	uint64_t sequence = 1;
	bool last = false;

	if (!pack_begin(&p, codec, f->bytes, f->length, 1))
		return;
	unpack_init(&u, codec);
	for (size_t n; (n = pack_next(&p, payload, &last)); sequence++) {
		assert(n <= PACK_MAX && !(sequence > 1 && codec == MEDIA_OPUS));
		assert(unpack_put(&u,
				  &(struct media_packet){
					  .arrival = 1,
					  .sequence = sequence,
					  .payload = payload,
					  .length = (uint16_t)n,
					  .flags = (uint8_t)((sequence == 1 ? MEDIA_KEY : 0) |
							     (last ? MEDIA_MARKER : 0)) }) == 0);
	}
	assert(last);
	/* H.264: NAL units lose trailing zeros, delimiters and empty ones */
	if (unpack_next(&u, 2, &same) && codec != MEDIA_H264)
		assert(same.length == f->length && memcmp(same.bytes, f->bytes, f->length) == 0);
	unpack_fini(&u);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static const enum media_codec codecs[] = { MEDIA_VP8, MEDIA_H264, MEDIA_OPUS, MEDIA_VP9,
						   MEDIA_AV1 };
	struct rd r = rd_of(bytes, n);
	struct unpack_frame f;
	struct unpack u;
	enum media_codec codec = codecs[rd_u8(&r) % 5];
	uint64_t sequence = 5000, now = 1000000;

	unpack_init(&u, codec);
	while (rd_left(&r) > 3) {
		struct media_packet p = { .arrival = now };

		sequence += (uint64_t)(int64_t)(int8_t)rd_u8(&r);
		p.sequence = sequence;
		p.flags = rd_u8(&r);
		p.timestamp = p.flags >> 4;
		p.length = rd_u8(&r);
		if (p.length > rd_left(&r))
			p.length = (uint16_t)rd_left(&r);
		p.payload = rd_take(&r, p.length);
		now += p.flags & 0x40 ? 200000 : 1000;
		if (sequence == 0 || unpack_put(&u, &p) < 0)
			break;
		while (unpack_next(&u, now, &f)) {
			assert(f.length > 0 && f.length <= UNPACK_FRAME_MAX);
			again(codec, &f);
		}
	}
	unpack_fini(&u);
	return 0;
}
