/* SPDX-License-Identifier: Apache-2.0 */
#include "media/sfu/data.h"

#include <errno.h>
#include <string.h>

#include "base/blob.h"
#include "media/sfu/data_track.h"
#include "media/sfu/leg.h"
#include "media/sfu/participant.h"
#include "media/sfu/room.h"
#include "media/sfu/sfu.h"
#include "wire/datapacket.h"
#include "wire/datatrack.h"

int data_open(struct leg *l, bool create)
{
	if (l->data.sctp)
		return 0;
	if (!transport_keep_dtls(l->transport)) {
		/* The first description had no data section, and that is long ago. */
		sfu_drop(l->sfu, DROP_DATA);
		return 0;
	}
	return channels_open(&l->data, l->sfu->rng, create, false);
}

void data_close(struct leg *l)
{
	channels_close(&l->data);
	transport_drop_dtls(l->transport);
}

/* ---- out ---- */

void data_flush(struct leg *l, uint64_t now)
{
	enum { DTLS_ROOM = 64 };
	uint8_t packet[SCTP_PACKET_MAX];
	const struct path *to;
	size_t n = 0;
	int count;

	l->data_again = 0;
	if (!l->data.sctp || !leg_may_send(l, now))
		return;
	to = transport_selected(l->transport);
	for (count = 0; count < DATA_BURST; count++) {
		n = channels_next_packet(&l->data, now, packet);
		if (n == 0)
			break;
		uint8_t *out = egress_reserve(&l->sfu->egress, SCTP_PACKET_MAX + DTLS_ROOM);
		int length = out ? transport_protect_data(l->transport, packet, n, out,
							  SCTP_PACKET_MAX + DTLS_ROOM)
				 : -ENOSPC;

		if (length < 0) /* SCTP takes it for a loss */
			sfu_drop(l->sfu, DROP_SEND);
		else
			egress_commit(&l->sfu->egress, to, (size_t)length);
	}
	if (n)
		l->data_again = now + LEG_TICK_US;
	if (!l->data_ended && sctp_get_state(l->data.sctp) == SCTP_ENDED) {
		l->data_ended = true;
		l->sfu->ended_data++;
	}
}

static bool is_senders(const struct leg *l)
{
	return l == &l->participant->publisher.leg;
}

/* What its sender may send now: told with the next acknowledgement. */
static void set_window(struct leg *l, uint64_t now)
{
	struct participant *p = l->participant;

	channels_set_window(&l->data, data_rate_window(&p->data_rate, now, p->room->count));
}

uint64_t data_deadline(const struct leg *l)
{
	uint64_t due = channels_deadline(&l->data), wake = l->participant->data_rate.wake_at;

	if (wake && wake < due && is_senders(l))
		due = wake;
	return l->data_again && l->data_again < due ? l->data_again : due;
}

void data_tick(struct leg *l, uint64_t now)
{
	if (!l->data.sctp || now < data_deadline(l) || !leg_may_send(l, now))
		return;
	channels_tick(&l->data, now);
	if (is_senders(l) && l->participant->data_rate.wake_at) {
		data_rate_refill(&l->participant->data_rate, now);
		set_window(l, now);
	}
	data_flush(l, now);
}

/* ---- routing ---- */

/*
 * Queues a packet for one receiver. heavy: its sender has sent so much that half of what may wait is kept for others'
 * lossy packets. What is reliable is not dropped for that: a file would lack its middle.
 */
static void deliver(struct participant *to, uint64_t now, enum channel_label label,
		    struct blob *packet, bool heavy)
{
	struct leg *l = &to->subscriber.leg;
	bool up = channels_are_up(&l->data), lossy = label != CHANNEL_RELIABLE;
	size_t limit = lossy ? LIMIT_DATA_LOSSY : LIMIT_SCTP_SEND;
	int r = -ENOBUFS;

	if (heavy && lossy)
		limit /= 2;
	if (!l->open || l->failed || !l->data.sctp)
		return; /* it may not subscribe, is about to leave, or takes no data */
	/* Who has just come waits for reliable packets a little; lossy ones are gone by then. */
	if (up || !lossy) {
		if (channels_buffered(&l->data) + packet->length <= limit)
			r = channels_send(&l->data, label, packet, up ? 0 : now + DATA_EARLY_US);
	}
	if (r < 0) {
		sfu_drop(l->sfu, DROP_DATA_FULL);
		return;
	}
	l->sfu->forwarded_data++;
	data_flush(l, now);
	if (leg_may_send(l, now))
		leg_wake(l, data_deadline(l));
}

/* The packet as receivers get it; NULL: no memory. */
static struct blob *rewrite(const struct participant *from, const struct datapacket *packet,
			    enum channel_label label)
{
	struct datapacket_sender sender = { .lossy = label == CHANNEL_LOSSY };

	if (!from->join.hidden) {
		sender.identity = from->join.identity;
		sender.sid = from->sid.text;
	}
	size_t room = datapacket_bound(packet, &sender);
	struct blob *blob = blob_new(room);
	if (!blob)
		return NULL;
	struct wr w = wr_of(blob->bytes, room);

	datapacket_write(&w, packet, &sender);
	blob->length = (uint32_t)wr_len(&w);
	if (blob->length == 0) {
		blob_unref(blob);
		return NULL;
	}
	return blob;
}

/* Whether it may go on; counts it when not. */
static bool check(struct participant *from, const struct channels_message *m,
		  struct datapacket *ret)
{
	struct sfu *s = from->sfu;

	if (!from->join.can_publish_data) {
		sfu_drop(s, DROP_DATA_RIGHTS);
		return false;
	}
	if (m->length > LIMIT_DATA_PACKET || !datapacket_parse(ret, m->bytes, m->length) ||
	    ret->server_only) {
		sfu_drop(s, DROP_DATA_PACKET);
		return false;
	}
	if (m->label != CHANNEL_RELIABLE || ret->sequence == 0)
		return true;
	if (ret->sequence <= from->data_sequence) {
		sfu_drop(s, DROP_DATA_OLD);
		return false;
	}
	from->data_sequence = ret->sequence;
	return true;
}

/* A data track's packet: to those who subscribed, under the number that they know. */
static void route_track(struct participant *from, uint64_t now, const struct channels_message *m)
{
	const struct data_subscription *s;
	struct data_track *t = NULL;
	uint16_t handle;

	if (!from->join.can_publish_data) {
		sfu_drop(from->sfu, DROP_DATA_RIGHTS);
		return;
	}
	if (m->length <= LIMIT_DATA_PACKET && datatrack_parse(&handle, m->bytes, m->length))
		t = data_track_find(from, handle);
	struct blob *blob = t ? blob_new(m->length) : NULL;
	if (!blob) {
		sfu_drop(from->sfu, DROP_DATA_TRACK);
		return;
	}
	memcpy(blob->bytes, m->bytes, m->length);
	put_be16(blob->bytes + DATATRACK_HANDLE_AT, t->handles.subscribers);
	list_each (s, &t->subscriptions, in_track) {
		deliver(s->to, now, CHANNEL_TRACK, blob, data_rate_is_heavy(&from->data_rate));
		data_rate_spend(&from->data_rate, m->length);
	}
	blob_unref(blob);
}

static void route(struct participant *from, uint64_t now, const struct channels_message *m)
{
	struct datapacket packet;
	struct blob *blob = NULL;
	size_t copies = 0;

	from->sfu->received_data++;
	data_rate_refill(&from->data_rate, now);
	if (data_rate_is_over(&from->data_rate)) {
		sfu_drop(from->sfu, DROP_DATA_RATE);
		return;
	}
	data_rate_spend(&from->data_rate, m->length);
	if (m->label == CHANNEL_TRACK) {
		route_track(from, now, m);
		return;
	}
	if (!check(from, m, &packet))
		return;
	for (struct list *at = from->room->participants.next; at != &from->room->participants;
	     at = at->next) {
		struct participant *to = list_entry(at, struct participant, in_room);

		if (to == from || !datapacket_is_for(&packet, to->join.identity, to->sid.text))
			continue;
		if (!blob)
			blob = rewrite(from, &packet, m->label);
		if (!blob)
			return;
		deliver(to, now, m->label, blob, data_rate_is_heavy(&from->data_rate));
		copies++;
	}
	data_rate_spend(&from->data_rate, copies * m->length);
	if (blob && m->label == CHANNEL_RELIABLE && packet.sequence)
		replay_put(&from->room->replay, now, &from->sid, packet.sequence, blob);
	blob_unref(blob);
}

void data_send(struct participant *to, uint64_t now, bool lossy, const uint8_t *bytes, size_t n)
{
	struct blob *blob = n && n <= LIMIT_DATA_PACKET ? blob_new(n) : NULL;

	if (!blob) {
		sfu_drop(to->sfu, DROP_DATA_PACKET);
		return;
	}
	memcpy(blob->bytes, bytes, n);
	blob->length = (uint32_t)n;
	deliver(to, now, lossy ? CHANNEL_LOSSY : CHANNEL_RELIABLE, blob, false);
	blob_unref(blob);
}

void data_replay(struct participant *to, uint64_t now, const struct sid *sender, uint32_t sequence)
{
	const struct replay_packet *kept;
	struct datapacket packet;

	for (size_t i = 0; (kept = replay_get(&to->room->replay, i)); i++) {
		if (kept->sequence <= sequence || !sid_is(&kept->sender, sender) ||
		    sid_is(&kept->sender, &to->sid))
			continue;
		/* rewriting kept the destinations */
		if (datapacket_parse(&packet, kept->blob->bytes, kept->blob->length) &&
		    datapacket_is_for(&packet, to->join.identity, to->sid.text))
			deliver(to, now, CHANNEL_RELIABLE, kept->blob, false);
	}
}

void data_rx(struct leg *l, uint64_t now, uint8_t *bytes, size_t n)
{
	uint8_t more[LIMIT_DATAGRAM];
	struct channels_message m;

	for (; n > 0; n = transport_next_data(l->transport, more, sizeof more), bytes = more) {
		if (!channels_rx(&l->data, now, bytes, n))
			sfu_drop(l->sfu, DROP_DATA);
		while (channels_next(&l->data, &m)) {
			if (l == &l->participant->publisher.leg)
				route(l->participant, now, &m);
			else
				sfu_drop(l->sfu, DROP_DIRECTION);
		}
	}
	if (is_senders(l) && l->participant->data_rate.at)
		set_window(l, now);
	data_flush(l, now);
}
