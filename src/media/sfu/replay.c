/* SPDX-License-Identifier: Apache-2.0 */
#include "media/sfu/replay.h"

#include <stdlib.h>

#include "base/limits.h"

static void drop_oldest(struct replay *r)
{
	struct replay_packet *packet = &r->ring[r->first];

	r->bytes -= packet->blob->length;
	blob_unref(packet->blob);
	packet->blob = NULL;
	r->first = (r->first + 1) % REPLAY_PACKETS;
	r->count--;
}

void replay_fini(struct replay *r)
{
	while (r->count)
		drop_oldest(r);
	free(r->ring);
	*r = (struct replay){ 0 };
}

void replay_put(struct replay *r, uint64_t now, const struct sid *sender, uint32_t sequence,
		struct blob *blob)
{
	if (!r->ring)
		r->ring = calloc(REPLAY_PACKETS, sizeof *r->ring);
	if (!r->ring || blob->length > LIMIT_DATA_REPLAY)
		return;
	while (r->count &&
	       (r->count == REPLAY_PACKETS || r->bytes + blob->length > LIMIT_DATA_REPLAY ||
		now - r->ring[r->first].at > REPLAY_US))
		drop_oldest(r);
	r->ring[(r->first + r->count++) % REPLAY_PACKETS] = (struct replay_packet){
		.blob = blob_ref(blob), .sender = *sender, .sequence = sequence, .at = now
	};
	r->bytes += blob->length;
}

const struct replay_packet *replay_get(const struct replay *r, size_t i)
{
	return i < r->count ? &r->ring[(r->first + i) % REPLAY_PACKETS] : NULL;
}
