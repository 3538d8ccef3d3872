/* SPDX-License-Identifier: Apache-2.0 */
/* What a client is told when it resumes (livekit-protocol 4.7). */
#include <errno.h>
#include <stdlib.h>

#include "control/signal/encode.h"

void send_reconnect(struct session *session, uint32_t last_sequence)
{
	Lk__SignalResponse response = LK__SIGNAL_RESPONSE__INIT;
	Lk__ReconnectResponse reconnect = LK__RECONNECT_RESPONSE__INIT;
	struct ice_server turn;
	Lk__ServerInfo server;

	fill_server(&server);
	reconnect.ice_servers = turn.list; /* what it was given before is good for a while only */
	reconnect.n_ice_servers = fill_ice_server(&turn, session);
	reconnect.server_info = &server;
	reconnect.has_last_message_seq = true;
	reconnect.last_message_seq = last_sequence;
	response.message_case = LK__SIGNAL_RESPONSE__MESSAGE_RECONNECT;
	response.reconnect = &reconnect;
	send_response(session, &response);
}

void fill_departed(Lk__ParticipantInfo *info, const struct departed *d)
{
	struct sid *sid = &((struct departed *)(uintptr_t)d)->sid;

	lk__participant_info__init(info);
	info->sid = sid->text;
	info->identity = d->identity;
	info->has_state = info->has_version = info->has_disconnect_reason = true;
	info->state = LK__PARTICIPANT_STATE__DISCONNECTED;
	info->version = d->version;
	info->disconnect_reason = d->reason;
}

/*
 * Those who left come first: the same person may be back under another SID, and clients know
 * people by identity. Of such only what the client cannot have heard is told: it would end a
 * participant that is there.
 */
static size_t collect(const struct member *self, uint64_t since_us, Lk__ParticipantInfo *departed,
		      Lk__ParticipantInfo **ret)
{
	const struct room *r = self->room;
	const struct departed *d;
	struct member *m;
	size_t n = 0;

	list_each (d, &r->departed, in_room) {
		if (d->hidden || (d->at_us < since_us && room_find_identity(r, d->identity)))
			continue;
		fill_departed(&departed[n], d);
		ret[n] = &departed[n];
		n++;
	}
	list_each (m, &r->members, in_room)
		if (member_sees(self, m))
			ret[n++] = &m->info;
	return n;
}

static size_t count_members(const struct room *r)
{
	const struct member *m;
	size_t n = 0;

	list_each (m, &r->members, in_room)
		n++;
	return n;
}

int send_everybody(struct session *session, uint64_t since_us)
{
	const struct member *self = session->member;
	size_t departed_count = self->room->departed_count;
	autofree Lk__ParticipantInfo *departed = calloc(departed_count + 1, sizeof *departed);
	autofree Lk__ParticipantInfo **infos = calloc(
		departed_count + count_members(self->room) + 1, sizeof(void *));
	Lk__SignalResponse response = LK__SIGNAL_RESPONSE__INIT;
	Lk__ParticipantUpdate update = LK__PARTICIPANT_UPDATE__INIT;

	if (!departed || !infos) {
		send_packed(session, &(struct packed){ 0 });
		return -ENOMEM;
	}
	update.n_participants = collect(self, since_us, departed, infos);
	update.participants = infos;
	response.message_case = LK__SIGNAL_RESPONSE__MESSAGE_UPDATE;
	response.update = &update;
	send_response(session, &response);
	return 0;
}
