/* SPDX-License-Identifier: Apache-2.0 */
/* See admin.h. The order of the methods is that of the table at the end. */
#include "control/signal/admin.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "control/signal/encode.h"
#include "control/signal/internal.h"

/* What a method answers when it has nothing to say. */
static const Lk__EmptyResponse nothing = LK__EMPTY_RESPONSE__INIT;

static int fail(int status, const char **ret_cause, const char *cause)
{
	*ret_cause = cause;
	return status;
}

static const char *text(const char *maybe)
{
	return maybe ? maybe : "";
}

static int no_memory(const char **ret_cause)
{
	return fail(-ENOMEM, ret_cause, "Out of memory.");
}

static struct room *find_room(const struct signal_hub *s, const char *name, const char **ret_cause)
{
	struct room *r = room_find(s, text(name));

	if (!r)
		*ret_cause = "There is no such room.";
	return r;
}

static struct member *find_member(const struct signal_hub *s, const char *room,
				  const char *identity, const char **ret_cause)
{
	const struct room *r = find_room(s, room, ret_cause);
	struct member *m = r ? room_find_identity(r, text(identity)) : NULL;

	if (r && !m)
		*ret_cause = "There is no such participant in the room.";
	return m;
}

/* ---- rooms ---- */

static int answer_room(const struct room *r, struct arena *arena,
		       const ProtobufCMessage **ret_response, const char **ret_cause)
{
	struct room_view *view = arena_alloc(arena, sizeof *view);

	if (!view)
		return no_memory(ret_cause);
	room_view_init(view, r);
	*ret_response = &view->room.base;
	return 0;
}

static int check_options(const Lk__CreateRoomRequest *q, const char **ret_cause)
{
	size_t n = strlen(text(q->name));

	if (n == 0 || n > LIMIT_ROOM_NAME)
		return fail(-EINVAL, ret_cause, "`name` must have 1 to 256 bytes.");
	if (q->empty_timeout > SIGNAL_TIMEOUT_MAX_S || q->departure_timeout > SIGNAL_TIMEOUT_MAX_S)
		return fail(-EINVAL, ret_cause, "A timeout is at most 604800 seconds (a week).");
	if (strlen(text(q->metadata)) > LIMIT_METADATA)
		return fail(-EINVAL, ret_cause, "`metadata` is longer than 65536 bytes.");
	return 0;
}

/* The same name again is the same room, with what is given changed (livekit-protocol 7.1). */
static int create_room(struct signal_hub *s, struct arena *arena, const ProtobufCMessage *request,
		       const ProtobufCMessage **ret_response, const char **ret_cause)
{
	const Lk__CreateRoomRequest *q = (const void *)request;
	int status = check_options(q, ret_cause);

	if (status < 0)
		return status;
	struct room *r = room_find(s, q->name);
	if (!r && s->room_count >= LIMIT_ROOMS)
		return fail(-ENOSPC, ret_cause, "There are too many rooms.");
	bool fresh = !r, changes = r && q->metadata && strcmp(text(q->metadata), r->metadata) != 0;
	if (!r)
		r = room_new(s, q->name);
	const struct room_options options = {
		.metadata = q->metadata,
		.max_participants = q->max_participants,
		.empty_timeout_s = q->empty_timeout,
		.departure_timeout_s = q->departure_timeout,
	};
	if (!r || room_configure(r, &options) < 0)
		return no_memory(ret_cause);
	if (changes)
		room_tell(r);
	if (fresh)
		signal_observe(SIGNAL_ROOM_STARTED, r, NULL, NULL);
	return answer_room(r, arena, ret_response, ret_cause);
}

static bool is_wanted(const Lk__ListRoomsRequest *q, const struct room *r)
{
	for (size_t i = 0; i < q->n_names; i++)
		if (strcmp(q->names[i], r->name) == 0)
			return true;
	return q->n_names == 0;
}

static int list_rooms(struct signal_hub *s, struct arena *arena, const ProtobufCMessage *request,
		      const ProtobufCMessage **ret_response, const char **ret_cause)
{
	const Lk__ListRoomsRequest *q = (const void *)request;
	Lk__ListRoomsResponse *list = arena_alloc(arena, sizeof *list);
	Lk__Room **rooms = arena_alloc(arena, (s->room_count + 1) * sizeof *rooms);
	struct room *r;

	if (!list || !rooms)
		return no_memory(ret_cause);
	lk__list_rooms_response__init(list);
	list->rooms = rooms;
	list_each (r, &s->rooms, in_hub) {
		if (!is_wanted(q, r))
			continue;
		struct room_view *view = arena_alloc(arena, sizeof *view);

		if (!view)
			return no_memory(ret_cause);
		room_view_init(view, r);
		rooms[list->n_rooms++] = &view->room;
	}
	*ret_response = &list->base;
	return 0;
}

static void remove_member(struct member *m, Lk__DisconnectReason reason)
{
	if (m->session)
		session_end(m->session, LK__LEAVE_ACTION__DISCONNECT, reason);
	member_remove(m, reason);
}

static int delete_room(struct signal_hub *s, struct arena *arena, const ProtobufCMessage *request,
		       const ProtobufCMessage **ret_response, const char **ret_cause)
{
	const Lk__DeleteRoomRequest *q = (const void *)request;
	struct room *r = find_room(s, q->room, ret_cause);
	struct member *m;

	(void)arena;
	if (!r)
		return -ENOENT;
	list_each (m, &r->members, in_room)
		remove_member(m, LK__DISCONNECT_REASON__ROOM_DELETED);
	room_close(r);
	*ret_response = &nothing.base;
	return 0;
}

static int update_room_metadata(struct signal_hub *s, struct arena *arena,
				const ProtobufCMessage *request,
				const ProtobufCMessage **ret_response, const char **ret_cause)
{
	const Lk__UpdateRoomMetadataRequest *q = (const void *)request;
	struct room *r = find_room(s, q->room, ret_cause);

	if (!r)
		return -ENOENT;
	if (room_set_metadata(r, text(q->metadata)) < 0)
		return fail(-EINVAL, ret_cause, "`metadata` is longer than 65536 bytes.");
	room_tell(r);
	return answer_room(r, arena, ret_response, ret_cause);
}

/* ---- participants ---- */

static int list_participants(struct signal_hub *s, struct arena *arena,
			     const ProtobufCMessage *request, const ProtobufCMessage **ret_response,
			     const char **ret_cause)
{
	const Lk__ListParticipantsRequest *q = (const void *)request;
	const struct room *r = find_room(s, q->room, ret_cause);
	Lk__ListParticipantsResponse *list = arena_alloc(arena, sizeof *list);
	struct member *m;
	size_t n = 0;

	if (!r)
		return -ENOENT;
	list_each (m, &r->members, in_room)
		n++;
	Lk__ParticipantInfo **infos = arena_alloc(arena, (n + 1) * sizeof *infos);
	if (!list || !infos)
		return no_memory(ret_cause);
	lk__list_participants_response__init(list);
	list->participants = infos;
	list_each (m, &r->members, in_room)
		infos[list->n_participants++] = &m->info;
	*ret_response = &list->base;
	return 0;
}

static int get_participant(struct signal_hub *s, struct arena *arena,
			   const ProtobufCMessage *request, const ProtobufCMessage **ret_response,
			   const char **ret_cause)
{
	const Lk__RoomParticipantIdentity *q = (const void *)request;
	const struct member *m = find_member(s, q->room, q->identity, ret_cause);

	(void)arena;
	if (!m)
		return -ENOENT;
	*ret_response = &m->info.base;
	return 0;
}

static int remove_participant(struct signal_hub *s, struct arena *arena,
			      const ProtobufCMessage *request,
			      const ProtobufCMessage **ret_response, const char **ret_cause)
{
	const Lk__RoomParticipantIdentity *q = (const void *)request;
	struct member *m = find_member(s, q->room, q->identity, ret_cause);

	(void)arena;
	if (!m)
		return -ENOENT;
	struct room *r = m->room;
	remove_member(m, LK__DISCONNECT_REASON__PARTICIPANT_REMOVED);
	room_settle(r);
	*ret_response = &nothing.base;
	return 0;
}

static int mute_published_track(struct signal_hub *s, struct arena *arena,
				const ProtobufCMessage *request,
				const ProtobufCMessage **ret_response, const char **ret_cause)
{
	const Lk__MuteRoomTrackRequest *q = (const void *)request;
	struct member *m = find_member(s, q->room, q->identity, ret_cause);
	struct track *track = m ? publish_find(m, text(q->track_sid)) : NULL;
	Lk__MuteRoomTrackResponse *response = arena_alloc(arena, sizeof *response);

	if (!m)
		return -ENOENT;
	if (!track)
		return fail(-ENOENT, ret_cause, "The participant does not publish that track.");
	if (!response)
		return no_memory(ret_cause);
	if (!q->muted && track->info.muted && !s->remote_unmute)
		return fail(-EPERM, ret_cause,
			    "This server does not unmute people from afar (start it with "
			    "--remote-unmute to allow it).");
	if (track->info.muted != q->muted) {
		publish_set_muted(m, track, q->muted);
		send_mute(m->session, track->sid.text, q->muted);
	}
	lk__mute_room_track_response__init(response);
	response->track = &track->info;
	*ret_response = &response->base;
	return 0;
}

static int update_participant(struct signal_hub *s, struct arena *arena,
			      const ProtobufCMessage *request,
			      const ProtobufCMessage **ret_response, const char **ret_cause)
{
	const Lk__UpdateParticipantRequest *q = (const void *)request;
	struct member *m = find_member(s, q->room, q->identity, ret_cause);
	Lk__UpdateParticipantMetadata change = LK__UPDATE_PARTICIPANT_METADATA__INIT;

	(void)arena;
	if (!m)
		return -ENOENT;
	if (strlen(text(q->name)) > LIMIT_IDENTITY)
		return fail(-EINVAL, ret_cause, "`name` is longer than 256 bytes.");
	change.name = q->name;
	change.metadata = q->metadata;
	change.attributes = q->attributes;
	change.n_attributes = q->n_attributes;
	if (*text(q->name) || *text(q->metadata) || q->n_attributes)
		if (metadata_change(m, &change) < 0)
			return fail(-EINVAL, ret_cause,
				    "Name, metadata and attributes are too large: at most 65536 "
				    "bytes and 128 attributes.");
	if (q->permission)
		permission_change(m, q->permission);
	metadata_renew_token(m);
	*ret_response = &m->info.base;
	return 0;
}

static int update_subscriptions(struct signal_hub *s, struct arena *arena,
				const ProtobufCMessage *request,
				const ProtobufCMessage **ret_response, const char **ret_cause)
{
	const Lk__UpdateSubscriptionsRequest *q = (const void *)request;
	struct member *m = find_member(s, q->room, q->identity, ret_cause);
	bool found = true;

	(void)arena;
	if (!m)
		return -ENOENT;
	for (size_t i = 0; i < q->n_track_sids; i++)
		found &= subscribe_switch(m, q->track_sids[i], q->subscribe);
	for (size_t i = 0; i < q->n_participant_tracks; i++) {
		const Lk__ParticipantTracks *tracks = q->participant_tracks[i];

		for (size_t k = 0; k < tracks->n_track_sids; k++)
			found &= subscribe_switch(m, tracks->track_sids[k], q->subscribe);
	}
	if (!found)
		return fail(-ENOENT, ret_cause,
			    "A track is not in the room; the others were changed.");
	*ret_response = &nothing.base;
	return 0;
}

/* ---- data ---- */

/* Whom a packet without any name in it is for: everybody. */
static bool is_meant(const Lk__SendDataRequest *q, const struct member *m)
{
	for (size_t i = 0; i < q->n_destination_identities; i++)
		if (strcmp(q->destination_identities[i], m->info.identity) == 0)
			return true;
	for (size_t i = 0; i < q->n_destination_sids; i++)
		if (strcmp(q->destination_sids[i], m->sid.text) == 0)
			return true;
	return q->n_destination_identities + q->n_destination_sids == 0;
}

/* The packet as clients get it; nobody is its sender. NULL: no memory. */
static uint8_t *pack_data(const Lk__SendDataRequest *q, size_t *ret_length)
{
	Lk__UserPacket user = LK__USER_PACKET__INIT;
	Lk__DataPacket packet = LK__DATA_PACKET__INIT;

	user.has_payload = true;
	user.payload = q->data;
	user.topic = q->topic;
	user.has_nonce = q->has_nonce;
	user.nonce = q->nonce;
	user.n_destination_sids = q->n_destination_sids;
	user.destination_sids = q->destination_sids;
	user.n_destination_identities = q->n_destination_identities;
	user.destination_identities = q->destination_identities;
	packet.has_kind = true;
	packet.kind = (int32_t)q->kind;
	packet.user = &user;
	packet.n_destination_identities = q->n_destination_identities;
	packet.destination_identities = q->destination_identities;
	*ret_length = lk__data_packet__get_packed_size(&packet);
	uint8_t *bytes = malloc(*ret_length + 1);
	if (bytes)
		(void)lk__data_packet__pack(&packet, bytes);
	return bytes;
}

static int send_data(struct signal_hub *s, struct arena *arena, const ProtobufCMessage *request,
		     const ProtobufCMessage **ret_response, const char **ret_cause)
{
	const Lk__SendDataRequest *q = (const void *)request;
	const struct room *r = find_room(s, q->room, ret_cause);
	struct member *m;

	(void)arena;
	if (!r)
		return -ENOENT;
	if (q->data.len > LIMIT_DATA_PACKET - LIMIT_IDENTITY)
		return fail(-EINVAL, ret_cause, "`data` is longer than 65280 bytes.");
	list_each (m, &r->members, in_room) {
		size_t n = 0;
		uint8_t *bytes = is_meant(q, m) ? pack_data(q, &n) : NULL;

		if (!is_meant(q, m))
			continue;
		if (!bytes)
			return no_memory(ret_cause);
		signal_send(r, &(struct plane_cmd){ .type = CMD_SEND_DATA,
						    .participant = m->sid,
						    .on = q->kind == LK__DATA_PACKET_KIND__LOSSY,
						    .data = bytes,
						    .data_length = (uint32_t)n });
	}
	*ret_response = &nothing.base;
	return 0;
}

/* ---- the table ---- */

static const struct admin_method methods[] = {
	{ "CreateRoom", &lk__create_room_request__descriptor, ADMIN_ROOM_CREATE, create_room },
	{ "ListRooms", &lk__list_rooms_request__descriptor, ADMIN_ROOM_LIST, list_rooms },
	{ "DeleteRoom", &lk__delete_room_request__descriptor, ADMIN_ROOM_CREATE, delete_room },
	{ "UpdateRoomMetadata", &lk__update_room_metadata_request__descriptor, ADMIN_ROOM,
	  update_room_metadata },
	{ "ListParticipants", &lk__list_participants_request__descriptor, ADMIN_ROOM,
	  list_participants },
	{ "GetParticipant", &lk__room_participant_identity__descriptor, ADMIN_ROOM,
	  get_participant },
	{ "RemoveParticipant", &lk__room_participant_identity__descriptor, ADMIN_ROOM,
	  remove_participant },
	{ "MutePublishedTrack", &lk__mute_room_track_request__descriptor, ADMIN_ROOM,
	  mute_published_track },
	{ "UpdateParticipant", &lk__update_participant_request__descriptor, ADMIN_ROOM,
	  update_participant },
	{ "SendData", &lk__send_data_request__descriptor, ADMIN_ROOM, send_data },
	{ "UpdateSubscriptions", &lk__update_subscriptions_request__descriptor, ADMIN_ROOM,
	  update_subscriptions },
};

const struct admin_method *admin_find(const char *name)
{
	for (size_t i = 0; i < countof(methods); i++)
		if (strcmp(methods[i].name, name) == 0)
			return &methods[i];
	return NULL;
}

bool admin_is_unserved(const char *name)
{
	static const char *const names[] = { "ForwardParticipant", "MoveParticipant",
					     "PerformRpc" };

	for (size_t i = 0; i < countof(names); i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

const char *admin_room_of(const struct admin_method *method, const ProtobufCMessage *request)
{
	const ProtobufCFieldDescriptor *field = protobuf_c_message_descriptor_get_field_by_name(
		method->request, "room");
	const char *room = field ? *(char *const *)((const char *)request + field->offset) : NULL;

	return text(room);
}
