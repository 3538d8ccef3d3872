/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is in the call and what they publish, as signalling tells of it: the newest ParticipantInfo of each
 * is kept, and what is different in the next one becomes events.
 */
#include <stdlib.h>
#include <string.h>

#include "client/session.h"

static bool same(const char *a, const char *b)
{
	return strcmp(or_empty(a), or_empty(b)) == 0;
}

/* Each is compared with each: a server that lists more of them must not keep us busy. */
enum { TRACKS = LIMIT_TRACKS_PER_PARTICIPANT, ATTRIBUTES = 1000 };

static size_t tracks_of(const Lk__ParticipantInfo *info)
{
	return info->n_tracks < TRACKS ? info->n_tracks : TRACKS;
}

static size_t attributes_of(const Lk__ParticipantInfo *info)
{
	return info->n_attributes < ATTRIBUTES ? info->n_attributes : ATTRIBUTES;
}

/* ---- finding ---- */

struct remote *session_remote(struct session *s, const char *sid)
{
	struct remote *r;

	list_each (r, &s->remotes, in_session) {
		if (same(r->info->sid, sid))
			return r;
	}
	return NULL;
}

struct remote *roster_by_identity(struct session *s, const char *identity)
{
	struct remote *r;

	list_each (r, &s->remotes, in_session) {
		if (same(r->info->identity, identity))
			return r;
	}
	return NULL;
}

static const Lk__TrackInfo *find_track(const Lk__ParticipantInfo *info, const char *sid)
{
	for (size_t i = 0; i < tracks_of(info); i++) {
		if (same(info->tracks[i]->sid, sid))
			return info->tracks[i];
	}
	return NULL;
}

const Lk__TrackInfo *roster_track(struct session *s, const char *sid, struct remote **ret)
{
	struct remote *r;

	list_each (r, &s->remotes, in_session) {
		const Lk__TrackInfo *t = find_track(r->info, sid);

		if (t) {
			*ret = r;
			return t;
		}
	}
	return NULL;
}

/* ---- events ---- */

static confab_codec codec_of(const Lk__TrackInfo *t)
{
	static const struct {
		const char *mime;
		confab_codec codec;
	} known[] = { { "audio/opus", CONFAB_OPUS },
		      { "audio/red", CONFAB_OPUS }, /* a server gives us the Opus in it */
		      { "video/vp8", CONFAB_VP8 },
		      { "video/vp9", CONFAB_VP9 },
		      { "video/av1", CONFAB_AV1 },
		      { "video/h264", CONFAB_H264 } };

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		if (strcasecmp(or_empty(t->mime_type), known[i].mime) == 0)
			return known[i].codec;
	}
	return (confab_codec)0;
}

static void describe_track(confab_event *e, const Lk__TrackInfo *t)
{
	e->track_id = t->sid;
	e->source = (confab_source)t->source;
	e->muted = t->muted;
}

void session_describe(struct session *s, confab_event *e, const char *participant,
		      const char *track)
{
	const struct remote *r = session_remote(s, participant);
	const Lk__TrackInfo *t = r && track[0] ? find_track(r->info, track) : NULL;

	e->call = s->call;
	e->participant = participant[0] ? participant : NULL;
	e->track_id = track[0] ? track : NULL;
	e->identity = r ? or_empty(r->info->identity) : NULL;
	e->name = r ? or_empty(r->info->name) : NULL;
	if (t)
		describe_track(e, t);
}

static void emit_publication(struct session *s, const struct remote *r, confab_event_type type,
			     const Lk__TrackInfo *t)
{
	confab_publication p = { .name = or_empty(t->name),
				 .mime = or_empty(t->mime_type),
				 .video = t->type == LK__TRACK_TYPE__VIDEO,
				 .simulcast = t->simulcast || t->n_layers > 1,
				 .width = t->width,
				 .height = t->height };
	confab_event e = { .type = type, .codec = codec_of(t), .publication = &p };

	session_describe(s, &e, or_empty(r->info->sid), "");
	describe_track(&e, t);
	client_emit(s->client, &e);
}

static void emit_person(struct session *s, const Lk__ParticipantInfo *info, confab_event_type type,
			unsigned changed)
{
	autofree confab_attribute *attributes = calloc(attributes_of(info) + 1, sizeof *attributes);
	const Lk__ParticipantPermission *may = info->permission;
	confab_participant details = { .metadata = or_empty(info->metadata),
				       .attributes = attributes,
				       .can_publish = may && may->can_publish,
				       .can_publish_data = may && may->can_publish_data,
				       .can_subscribe = may && may->can_subscribe };
	confab_event e = { .type = type, .changed = changed, .details = &details };

	for (size_t i = 0; attributes && i < attributes_of(info); i++)
		attributes[details.attribute_count++] = (confab_attribute){
			or_empty(info->attributes[i]->key), or_empty(info->attributes[i]->value)
		};
	session_describe(s, &e, or_empty(info->sid), "");
	client_emit(s->client, &e);
}

/* ---- what is different ---- */

static bool has_attribute(const Lk__ParticipantInfo *info, const Lk__StringEntry *wanted)
{
	for (size_t i = 0; i < attributes_of(info); i++) {
		if (same(info->attributes[i]->key, wanted->key))
			return same(info->attributes[i]->value, wanted->value);
	}
	return false;
}

static bool same_attributes(const Lk__ParticipantInfo *a, const Lk__ParticipantInfo *b)
{
	for (size_t i = 0; i < attributes_of(a); i++) {
		if (!has_attribute(b, a->attributes[i]))
			return false;
	}
	return a->n_attributes == b->n_attributes;
}

static bool same_permissions(const Lk__ParticipantPermission *a, const Lk__ParticipantPermission *b)
{
	if (!a || !b)
		return a == b;
	return a->can_publish == b->can_publish && a->can_publish_data == b->can_publish_data &&
	       a->can_subscribe == b->can_subscribe;
}

static unsigned changes(const Lk__ParticipantInfo *old, const Lk__ParticipantInfo *new)
{
	unsigned bits = 0;

	if (!same(old->name, new->name))
		bits |= CONFAB_CHANGED_NAME;
	if (!same(old->metadata, new->metadata))
		bits |= CONFAB_CHANGED_METADATA;
	if (!same_attributes(old, new))
		bits |= CONFAB_CHANGED_ATTRIBUTES;
	if (!same_permissions(old->permission, new->permission))
		bits |= CONFAB_CHANGED_PERMISSIONS;
	return bits;
}

/* What they publish no more; told while it is still known. */
static void end_tracks(struct session *s, struct remote *r, const Lk__ParticipantInfo *new)
{
	for (size_t i = 0; i < tracks_of(r->info); i++) {
		const Lk__TrackInfo *t = r->info->tracks[i];

		if (new &&find_track(new, or_empty(t->sid)))
			continue;
		stream_end_track(s, or_empty(t->sid));
		wish_end(s->call, or_empty(t->sid));
		emit_publication(s, r, CONFAB_EVENT_TRACK_UNPUBLISHED, t);
	}
}

static void begin_tracks(struct session *s, const struct remote *r, const Lk__ParticipantInfo *old)
{
	for (size_t i = 0; i < tracks_of(r->info); i++) {
		const Lk__TrackInfo *t = r->info->tracks[i],
				    *was = old ? find_track(old, or_empty(t->sid)) : NULL;
		confab_event e = { .type = CONFAB_EVENT_TRACK_MUTED, .codec = codec_of(t) };

		if (!was) {
			emit_publication(s, r, CONFAB_EVENT_TRACK_PUBLISHED, t);
		} else if (was->muted != t->muted) {
			session_describe(s, &e, or_empty(r->info->sid), or_empty(t->sid));
			client_emit(s->client, &e);
		}
	}
}

/* ---- in ---- */

static Lk__ParticipantInfo *take(Lk__ParticipantInfo **slot)
{
	Lk__ParticipantInfo *info = *slot;

	*slot = NULL; /* freeing the message skips it */
	return info;
}

static void info_free(Lk__ParticipantInfo *info)
{
	if (info)
		lk__participant_info__free_unpacked(info, NULL);
}

static void remote_free(struct remote *r)
{
	list_remove(&r->in_session);
	info_free(r->info);
	free(r);
}

static void leaves(struct session *s, struct remote *r, confab_reason reason)
{
	confab_event e = { .type = CONFAB_EVENT_PARTICIPANT_LEFT, .reason = reason };

	end_tracks(s, r, NULL);
	incoming_gone(s->call, r->info->identity);
	session_describe(s, &e, or_empty(r->info->sid), "");
	client_emit(s->client, &e);
	rpc_gone(s->call, e.identity);
	s->remote_count--;
	remote_free(r);
}

static void comes(struct session *s, Lk__ParticipantInfo **slot)
{
	struct remote *r = s->remote_count < SESSION_REMOTES ? calloc(1, sizeof *r) : NULL;

	if (!r)
		return;
	r->info = take(slot);
	s->remote_count++;
	list_append(&s->remotes, &r->in_session);
	emit_person(s, r->info, CONFAB_EVENT_PARTICIPANT_JOINED, 0);
	begin_tracks(s, r, NULL);
}

/* Updates may overtake each other: the higher version is the newer (livekit-protocol 3.5). */
static bool is_older(const Lk__ParticipantInfo *info, const Lk__ParticipantInfo *known)
{
	return info->has_version && known->has_version && info->version < known->version;
}

static void changed(struct session *s, struct remote *r, Lk__ParticipantInfo **slot)
{
	Lk__ParticipantInfo *old = r->info;

	if (is_older(*slot, old))
		return;
	end_tracks(s, r, *slot);
	r->info = take(slot);
	begin_tracks(s, r, old);
	unsigned bits = changes(old, r->info);
	if (bits)
		emit_person(s, r->info, CONFAB_EVENT_PARTICIPANT_CHANGED, bits);
	info_free(old);
}

/* Updates tell of ourselves, too. */
static void take_own(struct session *s, Lk__ParticipantInfo **slot)
{
	Lk__ParticipantInfo *old = s->own;

	if (old && is_older(*slot, old))
		return;
	s->own = take(slot);
	unsigned bits = old ? changes(old, s->own) : 0;
	if (bits)
		emit_person(s, s->own, CONFAB_EVENT_PARTICIPANT_CHANGED, bits);
	info_free(old);
}

void roster_take(struct session *s, Lk__ParticipantInfo **slot)
{
	struct remote *r = session_remote(s, or_empty((*slot)->sid));
	const Lk__ParticipantInfo *info = *slot;

	if (!info->sid || !info->sid[0])
		return;
	if (strcmp(info->sid, s->own_sid) == 0)
		take_own(s, slot);
	else if (info->has_state && info->state == LK__PARTICIPANT_STATE__DISCONNECTED) {
		if (r)
			leaves(s, r, (confab_reason)info->disconnect_reason);
	} else if (r) {
		changed(s, r, slot);
	} else {
		comes(s, slot);
	}
}

void roster_forget(struct session *s)
{
	struct remote *r;

	list_each (r, &s->remotes, in_session)
		remote_free(r);
	s->remote_count = 0;
	info_free(s->own);
	s->own = NULL;
}
