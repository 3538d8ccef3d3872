/* SPDX-License-Identifier: Apache-2.0 */
/* Messages over a session's data channels, LiveKit's DataPacket; kept until the channel is up. */
#include <errno.h>
#include <stdlib.h>

#include "client/session.h"

static void message_free(struct message_out *m)
{
	list_remove(&m->in_session);
	blob_unref(m->blob);
	free(m);
}

int data_queue(struct session *s, const Lk__DataPacket *packet, bool reliable)
{
	struct message_out *m = s->message_count < SESSION_MESSAGES ? malloc(sizeof *m) : NULL;
	struct blob *blob = m ? blob_new(lk__data_packet__get_packed_size(packet)) : NULL;

	if (!blob) {
		free(m);
		return CONFAB_ERR_NO_MEMORY;
	}
	(void)lk__data_packet__pack(packet, blob->bytes);
	m->label = reliable ? CHANNEL_RELIABLE : CHANNEL_LOSSY;
	m->blob = blob;
	list_append(&s->messages, &m->in_session);
	s->message_count++;
	if (!s->pub.open && pc_open(s, &s->pub))
		signal_offer(s);
	session_check(s);
	return CONFAB_OK;
}

int session_send_data(struct session *s, const void *data, size_t n, bool reliable,
		      const char *topic)
{
	Lk__DataPacket packet = LK__DATA_PACKET__INIT;
	Lk__UserPacket user = LK__USER_PACKET__INIT;

	packet.has_kind = 1;
	packet.kind = !reliable;
	packet.user = &user;
	user.has_payload = 1;
	user.payload.data = (uint8_t *)(uintptr_t)data;
	user.payload.len = n;
	user.topic = (char *)(uintptr_t)topic;
	return data_queue(s, &packet, reliable);
}

void data_send(struct session *s)
{
	struct message_out *m;

	if (!s->pub.open || !peer_data_is_up(&s->pub.peer))
		return;
	list_each (m, &s->messages, in_session) {
		if (peer_send_data(&s->pub.peer, m->label, m->blob) == -ENOBUFS)
			break; /* the rest waits for the network */
		message_free(m);
		s->message_count--;
	}
	pc_flush(&s->pub);
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

void data_take(struct session *s, const uint8_t *bytes, size_t n)
{
	Lk__DataPacket *p = lk__data_packet__unpack(NULL, n, bytes);

	if (!p)
		return;
	if (p->user && p->user->has_payload)
		take_user(s, p);
	else if (p->rpc_request)
		rpc_take_request(s, p);
	else if (p->rpc_ack)
		rpc_take_ack(s, p);
	else if (p->rpc_response)
		rpc_take_response(s, p);
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

	list_each (m, &s->messages, in_session)
		message_free(m);
}
