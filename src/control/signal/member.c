/* SPDX-License-Identifier: Apache-2.0 */
/* One participant: admission, state, the end. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "control/calls/calls.h"
#include "control/signal/encode.h"
#include "control/signal/internal.h"

bool member_sees(const struct member *viewer, const struct member *m)
{
	return viewer == m || !m->token.hidden;
}

void member_touch(struct member *m)
{
	m->info.version++;
}

/* LiveKit's ParticipantInfo.Kind */
static int32_t kind_number(const char *kind)
{
	static const struct {
		const char *name;
		int32_t number;
	} kinds[] = { { "ingress", 1 }, { "egress", 2 },    { "sip", 3 },
		      { "agent", 4 },	{ "connector", 7 }, { "bridge", 8 } };

	for (size_t i = 0; kind && i < countof(kinds); i++)
		if (strcmp(kinds[i].name, kind) == 0)
			return kinds[i].number;
	return 0;
}

static void fill_info(struct member *m)
{
	Lk__ParticipantInfo *info = &m->info;
	uint64_t now = clock_wall_us();

	lk__participant_info__init(info);
	info->sid = m->sid.text;
	info->identity = m->token.identity;
	info->name = m->token.name;
	info->metadata = m->token.metadata;
	info->has_state = info->has_version = true;
	info->state = LK__PARTICIPANT_STATE__JOINED;
	info->version = 1;
	info->has_joined_at = info->has_joined_at_ms = true;
	info->joined_at = (int64_t)(now / US_PER_S);
	info->joined_at_ms = (int64_t)(now / US_PER_MS);
	info->permission = &m->permission;
	info->tracks = m->live;
	info->has_is_publisher = info->has_kind = info->has_client_protocol = true;
	info->kind = kind_number(m->token.kind);
	info->client_protocol = m->client.client_protocol; /* tells the others how to do RPC */
}

static struct member *member_free(struct member *m)
{
	if (!m)
		return NULL;
	capacity_left(m);
	publish_fini(m);
	subscribe_fini(m);
	data_tracks_fini(m);
	permission_fini(m);
	arena_fini(&m->texts);
	media_token_fini(&m->token);
	free(m);
	return NULL;
}

/* Takes the token out of the session. */
static struct member *member_new(struct session *session, struct room *r)
{
	struct member *m = calloc(1, sizeof *m);

	if (!m)
		return NULL;
	m->room = r;
	list_init(&m->in_room);
	list_init(&m->tracks);
	list_init(&m->subscriptions);
	data_tracks_init(m);
	m->token = session->token;
	session->token = (struct media_token){ 0 };
	m->client = session->client;
	signal_make_sid(r->hub, "PA_", &m->sid);
	permission_fill(m);
	m->subscriber_primary = m->token.can_subscribe;
	fill_info(m);
	uint64_t now = clock_now_us();
	m->connect_by_us = now + (uint64_t)SIGNAL_CONNECT_S * US_PER_S;
	m->heard_at_us = m->admitted_us = now;
	m->refresh_at_us = now + (uint64_t)SIGNAL_REFRESH_S * US_PER_S;
	if (metadata_init(m) < 0)
		return member_free(m);
	return m;
}

/* The same person comes again, mostly because the network was lost: the old one makes room. */
static void replace(struct member *old)
{
	old->replaced = true;
	if (old->session)
		session_end(old->session, LK__LEAVE_ACTION__DISCONNECT,
			    LK__DISCONNECT_REASON__DUPLICATE_IDENTITY);
	member_remove(old, LK__DISCONNECT_REASON__DUPLICATE_IDENTITY);
}

static void tell_plane(struct member *m)
{
	struct plane_cmd join = { .type = CMD_JOIN, .participant = m->sid };

	join.join.can_publish = m->may_offer; /* what may be in it add_track decides */
	join.join.can_subscribe = m->token.can_subscribe;
	join.join.can_publish_data = m->token.can_publish_data;
	join.join.hidden = m->token.hidden;
	join.join.firefox = m->client.firefox;
	(void)snprintf(join.join.identity, sizeof join.join.identity, "%s", m->info.identity);
	signal_send(m->room, &join);
}

int member_admit(struct session *session)
{
	struct signal_hub *s = session->hub;
	struct room *r = room_find(s, session->token.room);
	struct member *old = r ? room_find_identity(r, session->token.identity) : NULL;

	if (r && !old && room_is_full(r) && !session->token.hidden)
		return -ENOSPC;
	bool fresh = !r;
	if (fresh) {
		r = room_new(s, session->token.room);
		if (r && session->token.room_config &&
		    room_configure_by_token(r, session->token.room_config) < 0)
			log_warn("signal", "roomConfig was not applied room=%s", r->sid.text);
	}
	if (!r)
		return -ENOMEM;
	if (fresh)
		signal_observe(SIGNAL_ROOM_STARTED, r, NULL, NULL);
	fanout_admit(r, session->token.identity);
	struct member *m = member_new(session, r);
	if (!m)
		return -ENOMEM; /* a new room ends by its time-out */
	if (room_enter(r, m) < 0) {
		(void)member_free(m);
		return -ENOMEM;
	}
	if (!old)
		capacity_admitted(m);
	r->visible += !m->token.hidden;
	r->counters_changed = r->entered = true;
	room_settle(r);
	room_weigh(r, r->count + 1);
	s->gauges.joins++;
	if (old)
		replace(old);
	session->member = m; /* from here on it hears updates: `join` must be the first message */
	m->session = session;
	send_join(session);
	member_refresh_token(m);
	fanout_changed(m);
	tell_plane(m);
	subscribe_all(m);
	if (s->calls && !m->token.hidden)
		calls_participant_joined(s->calls, r->name, m->info.identity, m->info.name);
	log_info("signal", "joined room=%s participant=%s", r->sid.text, m->sid.text);
	return 0;
}

void member_active(struct member *m)
{
	if (m->info.state == LK__PARTICIPANT_STATE__ACTIVE)
		return;
	m->info.state = LK__PARTICIPANT_STATE__ACTIVE;
	m->connect_by_us = 0;
	m->was_active = true;
	capacity_arrived(m);
	member_touch(m);
	signal_observe(SIGNAL_PARTICIPANT_JOINED, m->room, m, NULL);
	fanout_changed(m);
	log_info("signal", "connected room=%s participant=%s", m->room->sid.text, m->sid.text);
}

void member_refresh_token(struct member *m)
{
	struct token_keys keys = signal_keys(m->room->hub);
	autofree char *token = media_token_make(&keys, &m->token, clock_wall_us() / US_PER_S,
						MEDIA_TOKEN_LIFE_S);

	if (token)
		send_refresh_token(m->session, token);
}

void member_remove(struct member *m, Lk__DisconnectReason reason)
{
	struct room *r = m->room;
	struct signal_hub *s = r->hub;
	/* whoever watches one that publishes, or comes in its place, is to know at once */
	bool soon = !m->info.n_tracks && !m->info.n_data_tracks && !m->token.hidden && !m->replaced;

	m->info.state = LK__PARTICIPANT_STATE__DISCONNECTED;
	m->info.has_disconnect_reason = true;
	m->info.disconnect_reason = reason;
	m->info.n_tracks = m->info.n_data_tracks = 0;
	member_touch(m);
	if (m->session)
		m->session->member = NULL;
	m->session = NULL;
	if (m->resuming)
		resume_refuse(m->resuming, reason);
	struct departed *departed = departed_add(m);
	room_leave(r, m);
	r->visible -= !m->token.hidden;
	r->counters_changed = true;
	room_weigh(r, r->count - 1);
	if (soon && departed)
		fanout_left(r, departed);
	else
		room_announce(m, m);
	struct track *track;
	list_each (track, &m->tracks, in_member) {
		subscribe_forget(r, &track->sid);
		if (track->live)
			signal_observe(SIGNAL_TRACK_UNPUBLISHED, r, m, track);
	}
	signal_observe(m->was_active ? SIGNAL_PARTICIPANT_LEFT : SIGNAL_PARTICIPANT_ABORTED, r, m,
		       NULL);
	signal_send(r, &(struct plane_cmd){ .type = CMD_LEAVE, .participant = m->sid });
	if (s->calls && !m->token.hidden && !m->replaced)
		calls_participant_left(s->calls, r->name, m->info.identity);
	log_info("signal", "left room=%s participant=%s reason=%d", r->sid.text, m->sid.text,
		 (int)reason);
	(void)member_free(m);
}
