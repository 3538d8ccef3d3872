/* SPDX-License-Identifier: Apache-2.0 */
#include "control/signal/moderate.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "control/signal/encode.h"
#include "control/signal/internal.h"

static struct member *find(const struct signal_hub *s, const char *room, const char *identity)
{
	const struct room *r = room_find(s, room);

	return r ? room_find_identity(r, identity) : NULL;
}

static void remove_member(struct member *m, Lk__DisconnectReason reason)
{
	if (m->session)
		session_end(m->session, LK__LEAVE_ACTION__DISCONNECT, reason);
	member_remove(m, reason);
}

/* ---- who may not come back ---- */

static size_t barred_length(const char *room, const char *identity)
{
	return strlen(room) + 1 + strlen(identity);
}

/* "room\nidentity": neither is ever compared in parts, so the sign between may be in them. */
static bool is_pair(const char *text, const char *room, const char *identity)
{
	size_t n = strlen(room);

	return strlen(text) == barred_length(room, identity) && memcmp(text, room, n) == 0 &&
	       text[n] == '\n' && strcmp(text + n + 1, identity) == 0;
}

bool signal_is_barred(const struct signal_hub *s, const char *room, const char *identity)
{
	for (size_t i = 0; i < SIGNAL_BARRED_MAX; i++)
		if (s->barred[i] && is_pair(s->barred[i], room, identity))
			return true;
	return false;
}

static void bar(struct signal_hub *s, const char *room, const char *identity)
{
	size_t n = strlen(room);
	autofree char *pair = malloc(barred_length(room, identity) + 1);

	if (!pair) {
		log_error("signal", "no memory: the token of who was removed stays good");
		return;
	}
	memcpy(pair, room, n);
	pair[n] = '\n';
	strcpy(pair + n + 1, identity);
	signal_refuse(s, SIGNAL_BARRED, pair);
	if (s->refused)
		s->refused(s->refused_arg, SIGNAL_BARRED, pair);
}

void signal_remove(struct signal_hub *s, const char *room, const char *identity)
{
	struct room *r = room_find(s, room);
	struct member *m = r ? room_find_identity(r, identity) : NULL;

	bar(s, room, identity);
	if (!m)
		return;
	remove_member(m, LK__DISCONNECT_REASON__PARTICIPANT_REMOVED);
	room_settle(r);
}

/* ---- what it may send ---- */

void signal_permit(struct signal_hub *s, const char *room, const char *identity, unsigned sources)
{
	struct member *m = find(s, room, identity);
	Lk__ParticipantPermission p = LK__PARTICIPANT_PERMISSION__INIT;
	Lk__TrackSource list[4];

	if (!m)
		return;
	/* The token says the same already: nothing to tell anybody. */
	if (m->token.can_publish == (sources != 0) &&
	    (!sources || m->token.can_publish_sources == sources))
		return;
	p.can_subscribe = m->token.can_subscribe;
	p.can_publish = sources != 0;
	p.can_publish_data = m->token.can_publish_data;
	p.can_update_metadata = m->token.can_update_own_metadata;
	p.can_publish_sources = list;
	for (unsigned source = 1; source <= countof(list); source++)
		if (sources & 1u << source)
			list[p.n_can_publish_sources++] = (Lk__TrackSource)source;
	permission_change(m, &p);
	metadata_renew_token(m);
}

void signal_rename(struct signal_hub *s, const char *room, const char *identity, const char *name)
{
	struct member *m = find(s, room, identity);
	Lk__UpdateParticipantMetadata change = LK__UPDATE_PARTICIPANT_METADATA__INIT;
	autofree char *copy = strdup(name);

	if (!m || !copy)
		return;
	change.name = copy;
	if (metadata_change(m, &change) == 0)
		metadata_renew_token(m);
}

void signal_mute(struct signal_hub *s, const char *room, const char *identity, unsigned sources)
{
	struct member *m = find(s, room, identity);
	struct track *track;

	if (!m)
		return;
	list_each (track, &m->tracks, in_member) {
		if (!(sources & 1u << (unsigned)track->info.source) || track->info.muted)
			continue;
		publish_set_muted(m, track, true);
		send_mute(m->session, track->sid.text, true);
	}
}

/* ---- all of them ---- */

void signal_close_room(struct signal_hub *s, const char *room)
{
	struct room *r = room_find(s, room);
	struct member *m;

	if (!r)
		return;
	list_each (m, &r->members, in_room)
		remove_member(m, LK__DISCONNECT_REASON__ROOM_DELETED);
	room_close(r);
}

void signal_remove_hidden(struct signal_hub *s, const char *room)
{
	struct room *r = room_find(s, room);
	struct member *m;

	if (!r)
		return;
	list_each (m, &r->members, in_room)
		if (m->token.hidden)
			remove_member(m, LK__DISCONNECT_REASON__PARTICIPANT_REMOVED);
	room_settle(r);
}

/* ---- for operators ---- */

static const char *source_text(Lk__TrackSource source)
{
	static const char *const texts[] = { "unknown", "camera", "microphone", "screen_share",
					     "screen_share_audio" };

	return (unsigned)source < countof(texts) ? texts[source] : texts[0];
}

/* Every five seconds anew; null until the first time. */
static json_t *figures_json(const struct plane_figures *f)
{
	return json_pack("{s:I, s:I, s:f, s:f, s:o}", "upload_bps", (json_int_t)f->up_bps,
			 "download_bps", (json_int_t)f->down_bps, "upload_loss",
			 (double)f->up_loss / PLANE_LOSS_ALL, "download_loss",
			 (double)f->down_loss / PLANE_LOSS_ALL, "rtt_ms",
			 f->rtt_us ? json_integer((f->rtt_us + 500) / 1000) : json_null());
}

void signal_describe(struct signal_hub *s, const char *room, const char *identity,
		     json_t *participant)
{
	const struct member *m = find(s, room, identity);
	json_t *tracks = json_array();

	for (size_t i = 0; m && i < m->info.n_tracks; i++) {
		const Lk__TrackInfo *info = m->live[i];

		(void)json_array_append_new(tracks, json_pack("{s:s, s:s, s:b}", "sid", info->sid,
							      "source", source_text(info->source),
							      "muted", (int)info->muted));
	}
	(void)json_object_set_new(participant, "tracks", tracks);
	(void)json_object_set_new(participant, "score",
				  m && m->measured ? json_integer(m->score) : json_null());
	(void)json_object_set_new(participant, "connected", json_boolean(m && m->session));
	(void)json_object_set_new(participant, "stats",
				  m && m->has_figures ? figures_json(&m->figures) : json_null());
}

void signal_shut_out(struct signal_hub *s)
{
	char why[SIGNAL_REFUSAL_SIZE];
	struct member *m;
	struct room *r;

	list_each (r, &s->rooms, in_hub) {
		list_each (m, &r->members, in_room)
			if (s->refuse && s->refuse(s->observe_arg, m->token.identity, why))
				remove_member(m, LK__DISCONNECT_REASON__PARTICIPANT_REMOVED);
		if (list_empty(&r->members) && !r->empty_by_us)
			room_settle(r);
	}
}
