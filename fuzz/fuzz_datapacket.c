/* SPDX-License-Identifier: Apache-2.0 */
/* Data packets: what passes can be written with our sender in it, within the bound; the result
 * passes too, names the same receivers, and written again stays the same. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "wire/datapacket.h"
#include "wire/datatrack.h"

static size_t write_packet(const struct datapacket *p, const struct datapacket_sender *sender,
			   uint8_t **ret)
{
	size_t room = datapacket_bound(p, sender);
	uint8_t *bytes = malloc(room ? room : 1);
	struct wr w = wr_of(bytes, room);

	assert(bytes);
	datapacket_write(&w, p, sender);
	assert(!w.bad);
	*ret = bytes;
	return wr_len(&w);
}

static void check(const struct datapacket *p, const struct datapacket_sender *sender)
{
	uint8_t *once, *twice;
	size_t n = write_packet(p, sender, &once);
	struct datapacket q;

	assert(datapacket_parse(&q, once, n));
	assert(q.sequence == p->sequence && q.destinations == p->destinations &&
	       q.old_destinations == p->old_destinations);
	assert(datapacket_is_for(p, "bob", "PA_bob") == datapacket_is_for(&q, "bob", "PA_bob"));
	size_t again = write_packet(&q, sender, &twice);
	assert(again == n);
	free(once);
	free(twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct datapacket p;
	uint16_t handle;

	/* a data track's packet is told apart by its channel: the same bytes may be either */
	if (datatrack_parse(&handle, bytes, n))
		assert(n >= DATATRACK_HEADER && handle == (bytes[2] << 8 | bytes[3]) && handle);
	if (!datapacket_parse(&p, bytes, n))
		return 0;
	check(&p, &(struct datapacket_sender){ .identity = "ann", .sid = "PA_ann", .lossy = true });
	check(&p, &(struct datapacket_sender){ 0 });
	return 0;
}
