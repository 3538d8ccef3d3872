/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Data tracks: who publishes them and who has subscribed (livekit-protocol 3.10). Nobody gets one
 * without asking. The list here mirrors what the media plane was told.
 */
#include <stdlib.h>
#include <string.h>

#include "control/signal/encode.h"
#include "control/signal/internal.h"

enum { DATA_TRACK_ARENA = 4 * 1024 };

struct data_track {
	struct list in_member;
	struct sid sid;
	uint16_t handle; /* that its subscribers know it by: one of the room's */
	struct arena arena;
	Lk__DataTrackInfo info;
};

struct data_subscription {
	struct list in_member;
	struct sid track;
};

void data_tracks_init(struct member *m)
{
	list_init(&m->data_tracks);
	list_init(&m->data_subscriptions);
}

/* ---- looking up ---- */

static struct data_track *find_handle(const struct member *m, uint32_t handle)
{
	struct data_track *t;

	list_each (t, &m->data_tracks, in_member)
		if (t->info.pub_handle == handle)
			return t;
	return NULL;
}

static struct data_track *find_sid(const struct member *m, const char *sid)
{
	struct data_track *t;

	list_each (t, &m->data_tracks, in_member)
		if (strcmp(t->sid.text, sid) == 0)
			return t;
	return NULL;
}

static bool has_name(const struct member *m, const char *name)
{
	const struct data_track *t;

	list_each (t, &m->data_tracks, in_member)
		if (strcmp(t->info.name, name) == 0)
			return true;
	return false;
}

bool data_tracks_has(const struct member *m, const char *sid)
{
	return find_sid(m, sid);
}

static struct data_track *find_in_room(const struct room *r, const char *sid,
				       struct member **ret_publisher)
{
	struct data_track *t = NULL;
	struct member *m;

	list_each (m, &r->members, in_room) {
		t = find_sid(m, sid);
		if (t) {
			*ret_publisher = m;
			break;
		}
	}
	return t;
}

static struct data_subscription *find_subscription(const struct member *m, const struct sid *track)
{
	struct data_subscription *s;

	list_each (s, &m->data_subscriptions, in_member)
		if (sid_is(&s->track, track))
			return s;
	return NULL;
}

/* ---- publishing ---- */

static void list_all(struct member *m)
{
	struct data_track *t;
	size_t n = 0;

	list_each (t, &m->data_tracks, in_member)
		m->data[n++] = &t->info;
	m->info.data_tracks = m->data;
	m->info.n_data_tracks = n;
	member_touch(m);
}

static bool handle_is_taken(const struct room *r, uint16_t handle)
{
	const struct member *m;
	const struct data_track *t;

	list_each (m, &r->members, in_room)
		list_each (t, &m->data_tracks, in_member)
			if (t->handle == handle)
				return true;
	return false;
}

/* 500 participants with 32 tracks each leave three of four free. */
static uint16_t new_handle(struct room *r)
{
	do
		r->data_handle++;
	while (r->data_handle == 0 || handle_is_taken(r, r->data_handle));
	return r->data_handle;
}

/* What is wrong with the request; LK__REQUEST_REASON__OK: nothing. */
static Lk__RequestReason judge(const struct member *m, const Lk__PublishDataTrackRequest *request,
			       const char **ret_cause)
{
	size_t name = request->name ? strlen(request->name) : 0;

	*ret_cause = "The token does not allow publishing data.";
	if (!m->token.can_publish_data)
		return LK__REQUEST_REASON__NOT_ALLOWED;
	*ret_cause = "The handle of a data track is from 1 to 65535.";
	if (request->pub_handle == 0 || request->pub_handle > UINT16_MAX)
		return LK__REQUEST_REASON__INVALID_HANDLE;
	*ret_cause = "The name of a data track has from 1 to 256 bytes.";
	if (name == 0 || name > LIMIT_DATA_TRACK_NAME)
		return LK__REQUEST_REASON__INVALID_NAME;
	*ret_cause = "Another data track has that handle.";
	if (find_handle(m, request->pub_handle))
		return LK__REQUEST_REASON__DUPLICATE_HANDLE;
	*ret_cause = "Another data track has that name.";
	if (has_name(m, request->name))
		return LK__REQUEST_REASON__DUPLICATE_NAME;
	*ret_cause =
		"There are too many data tracks, or what is said about the frames is too long.";
	if (m->info.n_data_tracks >= LIMIT_DATA_TRACKS ||
	    request->frame_encoding.len > LIMIT_DATA_TRACK_SCHEMA ||
	    request->schema.len > LIMIT_DATA_TRACK_SCHEMA)
		return LK__REQUEST_REASON__LIMIT_EXCEEDED;
	return LK__REQUEST_REASON__OK;
}

static bool copy_bytes(struct arena *arena, bool has, const ProtobufCBinaryData *from,
		       protobuf_c_boolean *ret_has, ProtobufCBinaryData *ret)
{
	if (!has)
		return true;
	ret->data = arena_alloc(arena, from->len + 1);
	if (!ret->data)
		return false;
	if (from->len)
		memcpy(ret->data, from->data, from->len);
	ret->len = from->len;
	*ret_has = true;
	return true;
}

static struct data_track *track_free(struct data_track *t)
{
	arena_fini(&t->arena);
	free(t);
	return NULL;
}

static struct data_track *track_new(struct member *m, const Lk__PublishDataTrackRequest *request)
{
	struct data_track *t = calloc(1, sizeof *t);

	if (!t)
		return NULL;
	t->arena = arena_of(DATA_TRACK_ARENA);
	signal_make_sid(m->room->hub, "DTR_", &t->sid);
	lk__data_track_info__init(&t->info);
	t->info.has_pub_handle = t->info.has_encryption = true;
	t->info.pub_handle = request->pub_handle;
	t->info.sid = t->sid.text;
	t->info.name = arena_text(&t->arena, request->name);
	t->info.encryption = request->encryption;
	if (!t->info.name ||
	    !copy_bytes(&t->arena, request->has_frame_encoding, &request->frame_encoding,
			&t->info.has_frame_encoding, &t->info.frame_encoding) ||
	    !copy_bytes(&t->arena, request->has_schema, &request->schema, &t->info.has_schema,
			&t->info.schema))
		return track_free(t);
	t->handle = new_handle(m->room);
	list_append(&m->data_tracks, &t->in_member);
	return t;
}

static void refuse(struct session *session, const Lk__SignalRequest *message,
		   Lk__RequestReason reason, const char *cause)
{
	char text[96];

	(void)snprintf(text, sizeof text, "%s", cause);
	send_request_response(session, 0, reason, text, message);
}

void data_tracks_publish(struct session *session, const Lk__SignalRequest *message)
{
	const Lk__PublishDataTrackRequest *request = message->publish_data_track;
	struct member *m = session->member;
	const char *cause;
	Lk__RequestReason reason = judge(m, request, &cause);
	struct data_track *t = reason == LK__REQUEST_REASON__OK ? track_new(m, request) : NULL;

	if (!t) {
		refuse(session, message, reason ? reason : LK__REQUEST_REASON__LIMIT_EXCEEDED,
		       reason ? cause : "The server is out of memory.");
		return;
	}
	list_all(m);
	signal_send(m->room, &(struct plane_cmd){
				     .type = CMD_ADD_DATA_TRACK,
				     .participant = m->sid,
				     .track = t->sid,
				     .data_track = { .publisher = (uint16_t)t->info.pub_handle,
						     .subscribers = t->handle },
			     });
	send_data_track(session, &t->info, true);
	room_announce(m, NULL);
}

/* Nobody is sent it any more. */
static void forget(struct room *r, const struct sid *track)
{
	struct member *m;

	list_each (m, &r->members, in_room) {
		struct data_subscription *s = find_subscription(m, track);

		if (s) {
			list_remove(&s->in_member);
			free(s);
		}
	}
}

static void unpublish(struct member *m, struct data_track *t)
{
	signal_send(m->room, &(struct plane_cmd){ .type = CMD_REMOVE_DATA_TRACK,
						  .participant = m->sid,
						  .track = t->sid });
	forget(m->room, &t->sid);
	list_remove(&t->in_member);
	list_all(m);
	send_data_track(m->session, &t->info, false);
	room_announce(m, NULL);
	(void)track_free(t);
}

void data_tracks_unpublish(struct session *session, const Lk__SignalRequest *message)
{
	struct data_track *t = find_handle(session->member,
					   message->unpublish_data_track->pub_handle);

	if (t)
		unpublish(session->member, t);
	else
		refuse(session, message, LK__REQUEST_REASON__NOT_FOUND,
		       "No data track of yours has that handle.");
}

/* ---- subscribing ---- */

static void command(const struct member *m, const struct sid *track, bool on)
{
	signal_send(m->room, &(struct plane_cmd){ .type = CMD_SUBSCRIBE_DATA,
						  .participant = m->sid,
						  .track = *track,
						  .on = on });
}

static void tell_handle(struct member *m, struct member *publisher, struct data_track *t)
{
	Lk__PublishedDataTrack track = LK__PUBLISHED_DATA_TRACK__INIT;
	Lk__DataTrackHandle handle = LK__DATA_TRACK_HANDLE__INIT, *all[] = { &handle };

	track.publisher_identity = publisher->info.identity;
	track.publisher_sid = publisher->sid.text;
	track.track_sid = t->sid.text;
	handle.has_key = true;
	handle.key = t->handle;
	handle.value = &track;
	send_data_handles(m->session, all, 1);
}

static bool may_have(const struct member *m, const struct member *publisher,
		     const struct data_track *t)
{
	return m != publisher && m->token.can_subscribe && member_sees(m, publisher) &&
	       permission_lets(publisher, &t->sid, m);
}

static void drop(struct member *m, struct data_subscription *s)
{
	command(m, &s->track, false);
	list_remove(&s->in_member);
	free(s);
}

/* The handle is told before the first packet can come. */
static void start(struct member *m, struct member *publisher, struct data_track *t)
{
	struct data_subscription *s = calloc(1, sizeof *s);

	if (!s)
		return;
	s->track = t->sid;
	list_append(&m->data_subscriptions, &s->in_member);
	tell_handle(m, publisher, t);
	command(m, &t->sid, true);
}

void data_tracks_request(struct session *session, const Lk__UpdateDataSubscription *request)
{
	struct member *m = session->member, *publisher;

	for (size_t i = 0; i < request->n_updates; i++) {
		const char *sid = request->updates[i]->track_sid;
		struct data_track *t = sid ? find_in_room(m->room, sid, &publisher) : NULL;
		struct data_subscription *s = t ? find_subscription(m, &t->sid) : NULL;

		if (!t)
			continue; /* it ended a moment ago: the client hears that */
		if (!request->updates[i]->subscribe) {
			if (s)
				drop(m, s);
		} else if (s) {
			tell_handle(m, publisher, t);
		} else if (may_have(m, publisher, t)) {
			start(m, publisher, t);
		}
	}
}

void data_tracks_tell(struct member *m)
{
	struct data_subscription *s;
	struct member *publisher;

	list_each (s, &m->data_subscriptions, in_member) {
		struct data_track *t = find_in_room(m->room, s->track.text, &publisher);

		if (t)
			tell_handle(m, publisher, t);
	}
}

/* ---- rights, and the end ---- */

void data_tracks_review(struct member *publisher)
{
	struct member *m;
	struct data_track *t;

	list_each (m, &publisher->room->members, in_room) {
		list_each (t, &publisher->data_tracks, in_member) {
			struct data_subscription *s = find_subscription(m, &t->sid);

			if (s && !may_have(m, publisher, t))
				drop(m, s);
		}
	}
}

void data_tracks_revoke(struct member *m)
{
	struct data_subscription *s;
	struct data_track *t;

	if (!m->token.can_publish_data)
		list_each (t, &m->data_tracks, in_member)
			unpublish(m, t);
	if (!m->token.can_subscribe)
		list_each (s, &m->data_subscriptions, in_member)
			drop(m, s);
}

void data_tracks_fini(struct member *m)
{
	struct data_subscription *s;
	struct data_track *t;

	list_each (t, &m->data_tracks, in_member) {
		forget(m->room, &t->sid);
		list_remove(&t->in_member);
		(void)track_free(t);
	}
	list_each (s, &m->data_subscriptions, in_member) {
		list_remove(&s->in_member);
		free(s);
	}
}
