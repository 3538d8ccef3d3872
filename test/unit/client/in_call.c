/* SPDX-License-Identifier: Apache-2.0 */
#include "in_call.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

const confab_join_options in_call_options = { .url = "ws://server", .token = "t" };

static void put(char ret[64], const char *text)
{
	(void)snprintf(ret, 64, "%s", text ? text : "-");
}

static void on_event(void *arg, const confab_event *e)
{
	struct in_call *c = arg;
	struct seen *s = &c->seen[c->count < IN_CALL_SEEN ? c->count++ : IN_CALL_SEEN - 1];

	*s = (struct seen){ .type = e->type,
			    .state = e->state,
			    .muted = e->muted,
			    .code = e->error ? e->error->code : 0,
			    .changed = e->changed,
			    .layer = e->layer,
			    .layers = e->layers,
			    .reason = e->reason };
	put(s->participant, e->participant);
	put(s->identity, e->identity);
	put(s->name, e->name);
	put(s->track, e->track_id);
	put(s->text, e->details	      ? e->details->metadata
		     : e->publication ? e->publication->mime
		     : e->room	      ? e->room->metadata
				      : NULL);
}

static void on_joined(void *arg, const confab_error *error)
{
	*(int *)arg = error ? error->code : 1;
}

void in_call_init(struct in_call *c)
{
	confab_client_options options = { .on_event = on_event, .arg = c, .own_loop = 1 };

	memset(c, 0, sizeof *c);
	edges_reset();
	edges.answers = true;
	assert_int_equal(confab_client_new(&c->client, &options, NULL), CONFAB_OK);
	c->call = confab_client_call(c->client, "default", "room", NULL);
	assert_non_null(c->call);
}

void in_call_fini(struct in_call *c)
{
	confab_client_free(c->client);
	edges_reset();
}

void in_call_join(struct in_call *c, const confab_join_options *options, const char *version)
{
	c->joined = 0;
	confab_call_join_async(c->call, options, on_joined, &c->joined);
	edges_run(c->client);
	assert_true(edges.signal.open);
	send_join(version);
	edges_run(c->client);
	assert_int_equal(c->joined, 1);
	c->at = c->count;
}

int in_call_set_up(void **state)
{
	static struct in_call c;

	in_call_init(&c);
	in_call_join(&c, &in_call_options, NULL);
	*state = &c;
	return 0;
}

int in_call_tear_down(void **state)
{
	in_call_fini(*state);
	return 0;
}

const struct seen *seen_next(struct in_call *c, confab_event_type type)
{
	assert_true(c->at < c->count);
	assert_int_equal(c->seen[c->at].type, type);
	return &c->seen[c->at++];
}

const struct seen *seen_last(const struct in_call *c)
{
	assert_true(c->count > 0);
	return &c->seen[c->count - 1];
}

void assert_all_seen(const struct in_call *c)
{
	assert_int_equal(c->at, c->count);
}

char *text(const char *literal)
{
	return (char *)(uintptr_t)literal;
}

/* ---- what a server says ---- */

static Lk__ParticipantInfo participant(const char *sid, const char *identity, const char *name,
				       const char *metadata)
{
	Lk__ParticipantInfo p = LK__PARTICIPANT_INFO__INIT;

	p.sid = text(sid);
	p.identity = text(identity);
	p.name = text(name);
	p.metadata = text(metadata);
	return p;
}

static Lk__TrackInfo camera(void)
{
	Lk__TrackInfo track = LK__TRACK_INFO__INIT;

	track.sid = text("TR_cam");
	track.has_type = track.has_source = 1;
	track.type = LK__TRACK_TYPE__VIDEO;
	track.source = LK__TRACK_SOURCE__CAMERA;
	track.mime_type = text("video/VP8");
	return track;
}

void send_join(const char *version)
{
	Lk__SignalResponse m = LK__SIGNAL_RESPONSE__INIT;
	Lk__JoinResponse join = LK__JOIN_RESPONSE__INIT;
	Lk__ParticipantInfo own = participant("PA_me", "me", "", "");
	Lk__ParticipantInfo ann = participant("PA_ann", "ann", "Ann", "early"),
			    *others[] = { &ann };
	Lk__TrackInfo track = camera(), *tracks[] = { &track };
	Lk__Room room = LK__ROOM__INIT;

	ann.tracks = tracks;
	ann.n_tracks = 1;
	room.sid = text("RM_1");
	room.metadata = text("of the room");
	join.participant = &own;
	join.other_participants = others;
	join.n_other_participants = 1;
	join.room = &room;
	join.server_version = text(version ? version : "1.13.5");
	m.message_case = LK__SIGNAL_RESPONSE__MESSAGE_JOIN;
	m.join = &join;
	edges_signal(&m);
}

void in_call_take(struct in_call *c, Lk__DataPacket *p, const char *from)
{
	p->participant_identity = text(from);
	size_t n = lk__data_packet__get_packed_size(p);
	uint8_t *bytes = malloc(n + 1);

	assert_non_null(bytes);
	(void)lk__data_packet__pack(p, bytes);
	data_take(c->call->session, bytes, n);
	free(bytes);
}

/* Ann, as an update has her; tracks: 0 to 2 of camera and microphone. */
void send_ann(uint32_t version, int tracks, bool muted, const char *metadata, const char *hand)
{
	Lk__SignalResponse m = LK__SIGNAL_RESPONSE__INIT;
	Lk__ParticipantUpdate update = LK__PARTICIPANT_UPDATE__INIT;
	Lk__ParticipantInfo ann = participant("PA_ann", "ann", "Ann", metadata), *all[] = { &ann };
	Lk__TrackInfo video = camera(), microphone = LK__TRACK_INFO__INIT;
	Lk__TrackInfo *list[] = { &video, &microphone };
	Lk__StringEntry entry = LK__STRING_ENTRY__INIT, *entries[] = { &entry };

	ann.has_version = 1;
	ann.version = version;
	ann.tracks = list;
	ann.n_tracks = (size_t)tracks;
	video.has_muted = 1;
	video.muted = muted;
	microphone.sid = text("TR_mic");
	microphone.mime_type = text("audio/opus");
	entry.key = text("hand");
	entry.value = text(hand);
	ann.attributes = entries;
	ann.n_attributes = hand ? 1 : 0;
	update.participants = all;
	update.n_participants = 1;
	m.message_case = LK__SIGNAL_RESPONSE__MESSAGE_UPDATE;
	m.update = &update;
	edges_signal(&m);
}

void send_gone(const char *sid, Lk__DisconnectReason reason)
{
	Lk__SignalResponse m = LK__SIGNAL_RESPONSE__INIT;
	Lk__ParticipantUpdate update = LK__PARTICIPANT_UPDATE__INIT;
	Lk__ParticipantInfo info = LK__PARTICIPANT_INFO__INIT, *all[] = { &info };

	info.sid = text(sid);
	info.has_state = info.has_disconnect_reason = 1;
	info.state = LK__PARTICIPANT_STATE__DISCONNECTED;
	info.disconnect_reason = reason;
	update.participants = all;
	update.n_participants = 1;
	m.message_case = LK__SIGNAL_RESPONSE__MESSAGE_UPDATE;
	m.update = &update;
	edges_signal(&m);
}

void send_reconnected(void)
{
	Lk__SignalResponse m = LK__SIGNAL_RESPONSE__INIT;
	Lk__ReconnectResponse back = LK__RECONNECT_RESPONSE__INIT;

	m.message_case = LK__SIGNAL_RESPONSE__MESSAGE_RECONNECT;
	m.reconnect = &back;
	edges_signal(&m);
}

void send_leave(Lk__LeaveAction action, Lk__DisconnectReason reason)
{
	Lk__SignalResponse m = LK__SIGNAL_RESPONSE__INIT;
	Lk__LeaveRequest leave = LK__LEAVE_REQUEST__INIT;

	leave.has_action = leave.has_reason = 1;
	leave.action = action;
	leave.reason = reason;
	m.message_case = LK__SIGNAL_RESPONSE__MESSAGE_LEAVE;
	m.leave = &leave;
	edges_signal(&m);
}
