/* SPDX-License-Identifier: Apache-2.0 */
#include "media/peer/outbox.h"

#include <string.h>

#include "media/peer/verdict.h"

struct outbox_datagram *outbox_reserve(struct outbox *o)
{
	if (o->head == o->tail) /* mostly: so that mostly one slot's memory is ever touched */
		o->head = o->tail = 0;
	if (o->tail - o->head == OUTBOX_SLOTS) {
		o->dropped++;
		return NULL;
	}
	return &o->slots[o->tail % OUTBOX_SLOTS];
}

void outbox_commit(struct outbox *o)
{
	o->tail++;
}

bool outbox_put(struct outbox *o, const struct path *to, const void *bytes, size_t n)
{
	struct outbox_datagram *d = n <= OUTBOX_BYTES ? outbox_reserve(o) : NULL;

	if (!d)
		return false;
	d->to = *to;
	d->length = n;
	memcpy(d->bytes, bytes, n);
	outbox_commit(o);
	return true;
}

const struct outbox_datagram *outbox_take(struct outbox *o)
{
	return o->head == o->tail ? NULL : &o->slots[o->head++ % OUTBOX_SLOTS];
}

const char *verdict_name(enum verdict v)
{
	static const char *const names[V_COUNT] = {
		[V_OK] = "ok",
		[V_DROP_SHORT] = "short",
		[V_DROP_KIND] = "kind",
		[V_DROP_STUN] = "stun",
		[V_DROP_UFRAG] = "ufrag",
		[V_DROP_INTEGRITY] = "integrity",
		[V_DROP_STRANGER] = "stranger",
		[V_DROP_DTLS] = "dtls",
		[V_DROP_KEYS] = "keys",
		[V_DROP_AUTH] = "auth",
		[V_DROP_REPLAY] = "replay",
		[V_DROP_SSRCS] = "ssrcs",
		[V_DROP_CLOSED] = "closed",
	};

	return (unsigned)v < V_COUNT ? names[v] : "unknown";
}
