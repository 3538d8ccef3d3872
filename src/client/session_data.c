/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages over a session's data channels, LiveKit's DataPacket; kept until the channel is up. Reliable ones
 * are numbered, so that a resume neither loses nor doubles them (livekit-protocol 6.9). What we send, SCTP
 * repeats: its association outlives the socket. What we receive, the server may have had no room for: it is
 * told how far we are (data_heard), and sends again what came after, also what is still on its way.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/session.h"

/* How far we are with somebody's reliable messages. */
struct heard {
	struct list in_session; /* the latest at the end */
	char sid[64];
	uint32_t sequence;
};

static void message_free(struct session *s, struct message_out *m)
{
	list_remove(&m->in_session);
	s->message_count--;
	s->message_bytes -= m->blob->length;
	blob_unref(m->blob);
	free(m);
}

/* ---- out ---- */

int data_put(struct session *s, Lk__DataPacket *packet, bool reliable)
{
	struct message_out *m = s->message_count < SESSION_MESSAGES ? malloc(sizeof *m) : NULL;

	if (reliable) {
		packet->has_sequence = 1;
		packet->sequence = s->data_sequence + 1;
		packet->participant_sid = s->own_sid;
	}
	struct blob *blob = m ? blob_new(lk__data_packet__get_packed_size(packet)) : NULL;
	if (!blob) {
		free(m);
		return CONFAB_ERR_NO_MEMORY;
	}
	s->data_sequence += reliable;
	(void)lk__data_packet__pack(packet, blob->bytes);
	m->label = reliable ? CHANNEL_RELIABLE : CHANNEL_LOSSY;
	m->blob = blob;
	list_append(&s->messages, &m->in_session);
	s->message_count++;
	s->message_bytes += blob->length;
	s->data_bytes += blob->length;
	if (!s->pub.open && pc_open(s, &s->pub))
		signal_offer(s);
	return CONFAB_OK;
}

int data_queue(struct session *s, Lk__DataPacket *packet, bool reliable)
{
	int r = data_put(s, packet, reliable);

	if (r == CONFAB_OK)
		session_check(s);
	return r;
}

size_t data_waiting(const struct session *s)
{
	return s->message_bytes + (s->pub.open ? peer_data_buffered(&s->pub.peer) : 0);
}

int session_send_data(struct session *s, const confab_data *data)
{
	Lk__DataPacket packet = LK__DATA_PACKET__INIT;
	Lk__UserPacket user = LK__USER_PACKET__INIT;

	packet.has_kind = 1;
	packet.kind = !data->reliable;
	packet.user = &user;
	/* protobuf-c changes nothing of what it packs */
	packet.destination_identities = (char **)(uintptr_t)data->identities;
	packet.n_destination_identities = data->identity_count;
	user.has_payload = 1;
	user.payload.data = (uint8_t *)(uintptr_t)data->bytes;
	user.payload.len = data->length;
	user.topic = (char *)(uintptr_t)data->topic;
	if (lk__data_packet__get_packed_size(&packet) > SESSION_PACKET_MAX)
		return CONFAB_ERR_BAD_INPUT;
	return data_queue(s, &packet, data->reliable);
}

void data_send(struct session *s)
{
	struct message_out *m;

	outgoing_fill(s);
	if (!s->pub.open || !peer_data_is_up(&s->pub.peer))
		return;
	list_each (m, &s->messages, in_session) {
		if (peer_send_data(&s->pub.peer, m->label, m->blob) == -ENOBUFS)
			break; /* the rest waits for the network */
		message_free(s, m);
	}
	pc_flush(&s->pub);
}

/* ---- in ---- */

static struct heard *heard_of(struct session *s, const char *sid)
{
	struct heard *h;

	list_each (h, &s->heard, in_session) {
		if (strcmp(h->sid, sid) == 0)
			return h;
	}
	if (strlen(sid) >= sizeof h->sid)
		return NULL;
	if (s->heard_count < SESSION_HEARD) {
		h = calloc(1, sizeof *h);
		if (!h)
			return NULL;
		list_init(&h->in_session);
		s->heard_count++;
	} else {
		h = list_entry(s->heard.next, struct heard,
			       in_session); /* silent for the longest */
		h->sequence = 0;
	}
	(void)snprintf(h->sid, sizeof h->sid, "%s", sid);
	return h;
}

/* Whether we do not have it yet; now we have. */
static bool is_new(struct session *s, const Lk__DataPacket *p)
{
	const char *sid = or_empty(p->participant_sid);
	/* what has no number is never sent again: lossy ones, the server's own */
	struct heard *h = p->sequence && sid[0] ? heard_of(s, sid) : NULL;

	if (!h)
		return true;
	list_remove(&h->in_session);
	list_append(&s->heard, &h->in_session);
	if (p->sequence <= h->sequence)
		return false;
	h->sequence = p->sequence;
	return true;
}

size_t data_heard(const struct session *s, Lk__DataChannelReceiveState *ret, size_t most)
{
	struct heard *h;
	size_t n = 0;

	list_each (h, &s->heard, in_session) {
		if (n == most)
			break;
		lk__data_channel_receive_state__init(&ret[n]);
		ret[n].publisher_sid = h->sid;
		ret[n].has_last_seq = 1;
		ret[n++].last_seq = h->sequence;
	}
	return n;
}

static void take_user(struct session *s, const Lk__DataPacket *p)
{
	confab_event e = { .type = CONFAB_EVENT_DATA };

	session_describe(s, &e, or_empty(p->participant_sid), "");
	if (!e.identity)
		e.identity = p->participant_identity;
	e.data = p->user->payload.data;
	e.length = p->user->payload.len;
	e.topic = p->user->topic;
	client_emit(s->client, &e);
}

/* May keep the packet and set *slot to NULL. */
static void dispatch(struct session *s, Lk__DataPacket **slot)
{
	const Lk__DataPacket *p = *slot;

	if (p->user && p->user->has_payload)
		take_user(s, p);
	else if (p->rpc_request)
		rpc_take_request(s, p);
	else if (p->rpc_ack)
		rpc_take_ack(s, p);
	else if (p->rpc_response)
		rpc_take_response(s, p);
	else if (p->stream_header)
		incoming_header(s, slot);
	else if (p->stream_chunk)
		incoming_chunk(s, p);
	else if (p->stream_trailer)
		incoming_trailer(s, p);
}

void data_take(struct session *s, const uint8_t *bytes, size_t n)
{
	Lk__DataPacket *p = lk__data_packet__unpack(NULL, n, bytes);

	if (!p)
		return;
	if (is_new(s, p))
		dispatch(s, &p);
	if (p)
		lk__data_packet__free_unpacked(p, NULL);
}

void data_rx(struct session *s, struct pc *pc)
{
	struct channels_message m;

	while (peer_next_message(&pc->peer, &m))
		data_take(s, m.bytes, m.length);
}

void data_forget(struct session *s)
{
	struct message_out *m;
	struct heard *h;

	list_each (m, &s->messages, in_session)
		message_free(s, m);
	list_each (h, &s->heard, in_session) {
		list_remove(&h->in_session);
		free(h);
	}
}
