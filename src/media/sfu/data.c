/* SPDX-License-Identifier: Apache-2.0 */
#include "media/sfu/data.h"

#include <errno.h>
#include <string.h>

#include "base/blob.h"
#include "media/sfu/data_track.h"
#include "media/sfu/data_wait.h"
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
	uint64_t again = l->participant->data_wait.again_at;

	if (wake && wake < due && is_senders(l))
		due = wake;
	if (again && again < due && is_senders(l))
		due = again;
	return l->data_again && l->data_again < due ? l->data_again : due;
}

/* ---- routing ---- */

static int queue_lossy(struct leg *l, enum channel_label label, struct blob *packet, bool heavy)
{
	size_t limit = heavy ? LIMIT_DATA_LOSSY / 2 : LIMIT_DATA_LOSSY;

	if (!channels_are_up(&l->data) || channels_buffered(&l->data) + packet->length > limit)
		return -ENOBUFS;
	return channels_send(&l->data, label, packet, 0);
}

/*
 * It is complete, or over: a receiver that misses one is disconnected. Who has just come is no receiver yet: what waits
 * for it goes after a while, the oldest first, so that a stream lacks its beginning, which it sees, and not its middle.
 */
static int queue_reliable(struct leg *l, uint64_t now, struct blob *packet)
{
	bool up = channels_are_up(&l->data);
	int r = channels_send(&l->data, CHANNEL_RELIABLE, packet, up ? 0 : now + DATA_EARLY_US);

	if (r == -ENOBUFS && !up) {
		channels_expire(&l->data);
		r = channels_send(&l->data, CHANNEL_RELIABLE, packet, now + DATA_EARLY_US);
	}
	if (r < 0 && (up || channels_ended(&l->data)))
		leg_fail(l, "reliable data could not be kept for it");
	return r;
}

/*
 * Queues a packet for one receiver. heavy: its sender has sent so much that half of what may wait is kept for others'
 * lossy packets.
 */
static void deliver(struct participant *to, uint64_t now, enum channel_label label,
		    struct blob *packet, bool heavy)
{
	struct leg *l = &to->subscriber.leg;

	if (!l->open || l->failed || !l->data.sctp)
		return; /* it may not subscribe, is about to leave, or takes no data */
	int r = label == CHANNEL_RELIABLE ? queue_reliable(l, now, packet)
					  : queue_lossy(l, label, packet, heavy);
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
	return true;
}

/* Whether all whom it is for have room for it; else its sender waits for the first that has not. */
static bool have_room(struct participant *from, uint64_t now, const struct datapacket *packet)
{
	struct participant *to;

	list_each (to, &from->room->participants, in_room) {
		if (to == from || !datapacket_is_for(packet, to->join.identity, to->sid.text) ||
		    data_wait_has_room(to, from, now))
			continue;
		data_wait_begin(from, to, now);
		return false;
	}
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

/* To all whom it is for. false: no memory, and nobody has it. */
static bool route_packet(struct participant *from, uint64_t now, enum channel_label label,
			 const struct datapacket *packet, size_t length)
{
	struct participant *to;
	struct blob *blob = NULL;
	size_t copies = 0;

	list_each (to, &from->room->participants, in_room) {
		if (to == from || !datapacket_is_for(packet, to->join.identity, to->sid.text))
			continue;
		if (!blob)
			blob = rewrite(from, packet, label);
		if (!blob)
			return false;
		deliver(to, now, label, blob, data_rate_is_heavy(&from->data_rate));
		copies++;
	}
	data_rate_spend(&from->data_rate, copies * length);
	if (label == CHANNEL_RELIABLE && packet->sequence) {
		from->data_sequence = packet->sequence;
		if (blob)
			replay_put(&from->room->replay, now, &from->sid, packet->sequence, blob);
	}
	blob_unref(blob);
	return true;
}

/* false: it is to be given again when the sender does not wait any more. */
static bool route(struct participant *from, uint64_t now, const struct channels_message *m)
{
	struct datapacket packet;
	bool reliable = m->label == CHANNEL_RELIABLE;

	data_rate_refill(&from->data_rate, now);
	if (data_rate_is_over(&from->data_rate)) {
		from->sfu->received_data++;
		sfu_drop(from->sfu, DROP_DATA_RATE);
		return true;
	}
	if (m->label == CHANNEL_TRACK)
		route_track(from, now, m);
	else if (check(from, m, &packet)) {
		if (reliable && !have_room(from, now, &packet))
			return false;
		if (!route_packet(from, now, m->label, &packet, m->length) && reliable) {
			data_wait_begin(from, NULL, now);
			return false;
		}
		if (reliable)
			data_wait_end(from); /* its turn is over */
	}
	from->sfu->received_data++;
	data_rate_spend(&from->data_rate, m->length);
	return true;
}

static void read_messages(struct leg *l, uint64_t now)
{
	struct channels_message m;

	while (channels_next(&l->data, &m)) {
		if (!is_senders(l))
			sfu_drop(l->sfu, DROP_DIRECTION);
		else if (!route(l->participant, now, &m))
			channels_put_back(&l->data);
	}
}

/* ---- waiting ---- */

/* What waited at its sender goes on, to where it has to wait again. */
static void go_on(struct participant *from, uint64_t now)
{
	struct leg *l = &from->publisher.leg;

	from->data_wait.again_at = 0;
	channels_resume(&l->data);
	read_messages(l, now);
	if (!from->data_wait.again_at) /* also when nothing is there any more */
		data_wait_end(from);
	if (from->data_rate.at)
		set_window(l, now);
	data_flush(l, now);
	if (leg_may_send(l, now))
		leg_wake(l, data_deadline(l));
}

/* A receiver took something: those who wait for it take turns. */
static void let_in(struct participant *to, uint64_t now)
{
	enum { TURNS = 256 };
	struct participant *from;

	for (int i = 0; i < TURNS && (from = data_wait_first(to)); i++) {
		if (!data_wait_has_room(to, from, now))
			break;
		go_on(from, now);
	}
}

/* A sender that waits looks whether it still has to: a receiver may be gone, or too slow. */
static void look_again(struct participant *from, uint64_t now)
{
	struct data_wait *w = &from->data_wait;

	if (w->on && !data_wait_has_room(w->on, from, now))
		w->again_at = now + DATA_AGAIN_US;
	else
		go_on(from, now);
}

void data_tick(struct leg *l, uint64_t now)
{
	struct participant *p = l->participant;

	if (!l->data.sctp || now < data_deadline(l) || !leg_may_send(l, now))
		return;
	channels_tick(&l->data, now);
	if (is_senders(l) && p->data_rate.wake_at) {
		data_rate_refill(&p->data_rate, now);
		set_window(l, now);
	}
	if (is_senders(l) && p->data_wait.again_at && now >= p->data_wait.again_at)
		look_again(p, now);
	if (!is_senders(l))
		let_in(p, now);
	data_flush(l, now);
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

	for (; n > 0; n = transport_next_data(l->transport, more, sizeof more), bytes = more) {
		if (!channels_rx(&l->data, now, bytes, n))
			sfu_drop(l->sfu, DROP_DATA);
		read_messages(l, now);
	}
	if (!is_senders(l))
		let_in(l->participant, now);
	if (is_senders(l) && l->participant->data_rate.at)
		set_window(l, now);
	data_flush(l, now);
}
