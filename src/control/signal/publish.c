/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a member publishes. A track begins as pending (add_track), is announced to the others when
 * the media plane sees its first media (EV_TRACK_LIVE), and ends with its section in the SDP
 * (EV_TRACK_GONE) or with its member.
 */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "control/signal/encode.h"
#include "control/signal/internal.h"

enum { TRACK_ARENA = 16 * 1024, TRACK_CODECS_MAX = 4, TRACK_FEATURES_MAX = 16 };

struct track *publish_find(const struct member *m, const char *sid)
{
	struct track *track;

	list_each (track, &m->tracks, in_member)
		if (strcmp(track->sid.text, sid) == 0)
			return track;
	return NULL;
}

static struct track *track_free(struct track *track)
{
	if (!track)
		return NULL;
	list_remove(&track->in_member);
	arena_fini(&track->arena);
	free(track);
	return NULL;
}

void publish_fini(struct member *m)
{
	struct track *track;

	list_each (track, &m->tracks, in_member)
		(void)track_free(track);
}

/* info.tracks is always the full list of what others may see (livekit-protocol 3.5). */
static void list_live(struct member *m)
{
	struct track *track;
	size_t n = 0;

	list_each (track, &m->tracks, in_member)
		if (track->live && n < countof(m->live))
			m->live[n++] = &track->info;
	m->info.n_tracks = n;
	m->info.is_publisher = n > 0;
	m->room->counters_changed = true;
}

static void track_touch(struct track *track)
{
	track->version.has_unix_micro = true;
	track->version.unix_micro = (int64_t)clock_wall_us();
}

/* ---- add_track ---- */

/* "vp8" ▸ "video/VP8", "opus" ▸ "audio/opus", as clients compare it; false without memory. */
static bool mime_of(struct arena *arena, Lk__TrackType type, const char *codec, char **ret)
{
	bool audio = type == LK__TRACK_TYPE__AUDIO;
	const char *slash = codec ? strchr(codec, '/') : NULL;
	const char *name = slash ? slash + 1 : codec && *codec ? codec : audio ? "opus" : "VP8";
	size_t n = strlen(name);
	char *mime = arena_alloc(arena, n + 7);

	if (!mime)
		return false;
	memcpy(mime, audio ? "audio/" : "video/", 6);
	for (size_t i = 0; i < n; i++)
		mime[6 + i] = audio ? (char)tolower((unsigned char)name[i])
				    : (char)toupper((unsigned char)name[i]);
	*ret = mime;
	return true;
}

static bool copy_layers(struct arena *arena, Lk__VideoLayer *const *from, size_t n,
			Lk__VideoLayer ***ret, size_t *ret_n)
{
	size_t count = n > PLANE_LAYERS_MAX ? PLANE_LAYERS_MAX : n;
	Lk__VideoLayer **layers = arena_alloc(arena, (count + 1) * sizeof *layers);

	for (size_t i = 0; layers && i < count; i++) {
		layers[i] = arena_alloc(arena, sizeof **layers);
		if (!layers[i])
			return false;
		*layers[i] = *from[i];
		layers[i]->base.n_unknown_fields = 0;
		layers[i]->base.unknown_fields = NULL;
		layers[i]->rid = arena_text(arena, from[i]->rid);
		if (from[i]->rid && !layers[i]->rid)
			return false;
	}
	*ret = layers;
	*ret_n = count;
	return layers;
}

static bool copy_codecs(struct track *track, const Lk__AddTrackRequest *request)
{
	size_t n = request->n_simulcast_codecs;
	size_t count = n > TRACK_CODECS_MAX ? TRACK_CODECS_MAX : n;
	struct arena *arena = &track->arena;
	Lk__SimulcastCodecInfo **codecs = arena_alloc(arena, (count + 1) * sizeof *codecs);

	for (size_t i = 0; codecs && i < count; i++) {
		const Lk__SimulcastCodec *from = request->simulcast_codecs[i];
		Lk__SimulcastCodecInfo *codec = arena_alloc(arena, sizeof *codec);

		if (!codec)
			return false;
		lk__simulcast_codec_info__init(codec);
		codecs[i] = codec;
		codec->cid = arena_text(arena, from->cid);
		codec->has_video_layer_mode = from->has_video_layer_mode;
		codec->video_layer_mode = from->video_layer_mode;
		if (!mime_of(arena, request->type, from->codec, &codec->mime_type) ||
		    !copy_layers(arena, from->layers, from->n_layers, &codec->layers,
				 &codec->n_layers))
			return false;
	}
	track->info.codecs = codecs;
	track->info.n_codecs = count;
	return codecs;
}

static bool copy_numbers(struct arena *arena, const int32_t *from, size_t n, int32_t **ret,
			 size_t *ret_n)
{
	size_t count = n > TRACK_FEATURES_MAX ? TRACK_FEATURES_MAX : n;
	int32_t *numbers = arena_alloc(arena, (count + 1) * sizeof *numbers);

	if (!numbers)
		return false;
	if (count)
		memcpy(numbers, from, count * sizeof *numbers);
	*ret = numbers;
	*ret_n = count;
	return true;
}

static void copy_flags(Lk__TrackInfo *info, const Lk__AddTrackRequest *request)
{
	info->has_type = info->has_muted = info->has_source = true;
	info->type = request->type;
	info->muted = request->muted;
	info->source = request->source;
	info->has_width = info->has_height = true;
	info->width = request->width;
	info->height = request->height;
	info->has_simulcast = true;
	info->simulcast = request->n_layers > 1;
	info->has_disable_dtx = info->has_stereo = info->has_disable_red = true;
	info->disable_dtx = request->disable_dtx;
	info->stereo = request->stereo;
	info->disable_red = request->disable_red;
	info->has_encryption = true; /* receivers choose decryption by it */
	info->encryption = request->encryption;
	info->has_backup_codec_policy = request->has_backup_codec_policy;
	info->backup_codec_policy = request->backup_codec_policy;
}

static bool fill_track(struct track *track, const Lk__AddTrackRequest *request)
{
	Lk__TrackInfo *info = &track->info;
	struct arena *arena = &track->arena;
	const char *codec = request->n_simulcast_codecs ? request->simulcast_codecs[0]->codec
							: NULL;
	char empty[] = "";

	lk__track_info__init(info);
	lk__timed_version__init(&track->version);
	info->sid = track->sid.text;
	info->version = &track->version;
	track_touch(track);
	copy_flags(info, request);
	info->name = arena_text(arena, request->name ? request->name : empty);
	info->stream = arena_text(arena, request->stream ? request->stream : empty);
	return info->name && info->stream &&
	       mime_of(arena, request->type, codec, &info->mime_type) &&
	       copy_layers(arena, request->layers, request->n_layers, &info->layers,
			   &info->n_layers) &&
	       copy_codecs(track, request) &&
	       copy_numbers(arena, request->audio_features, request->n_audio_features,
			    &info->audio_features, &info->n_audio_features) &&
	       copy_numbers(arena, request->packet_trailer_features,
			    request->n_packet_trailer_features, &info->packet_trailer_features,
			    &info->n_packet_trailer_features);
}

/* As LiveKit writes them; the two letters are for people who read logs. */
static const char *sid_prefix(const Lk__AddTrackRequest *request)
{
	switch (request->source) {
	case LK__TRACK_SOURCE__CAMERA:
		return "TR_VC";
	case LK__TRACK_SOURCE__MICROPHONE:
		return "TR_AM";
	case LK__TRACK_SOURCE__SCREEN_SHARE:
		return "TR_VS";
	case LK__TRACK_SOURCE__SCREEN_SHARE_AUDIO:
		return "TR_As";
	case LK__TRACK_SOURCE__UNKNOWN_SOURCE:
	default:
		return request->type == LK__TRACK_TYPE__AUDIO ? "TR_A_" : "TR_V_";
	}
}

static struct track *track_new(struct member *m, const Lk__AddTrackRequest *request)
{
	struct track *track = calloc(1, sizeof *track);

	if (!track)
		return NULL;
	list_init(&track->in_member);
	track->arena = arena_of(TRACK_ARENA);
	signal_make_sid(m->room->hub, sid_prefix(request), &track->sid);
	memcpy(track->cid, request->cid, strlen(request->cid) + 1);
	track->wanted = QUALITY_HIGH; /* publishers begin with everything */
	if (!fill_track(track, request))
		return track_free(track);
	list_append(&m->tracks, &track->in_member);
	return track;
}

static void tell_plane(const struct member *m, const struct track *track)
{
	struct plane_cmd cmd = { .type = CMD_ADD_TRACK,
				 .participant = m->sid,
				 .track = track->sid };
	struct plane_add_track *add = &cmd.add_track;

	memcpy(add->cid, track->cid, sizeof add->cid);
	add->kind = track->info.type == LK__TRACK_TYPE__AUDIO ? KIND_AUDIO : KIND_VIDEO;
	add->muted = track->info.muted;
	add->screen = track->info.source == LK__TRACK_SOURCE__SCREEN_SHARE;
	/* redundancy repeats what end-to-end encryption has made larger, and breaks it (3.6) */
	add->red = !track->info.disable_red && !track->info.encryption;
	if (track->info.n_codecs)
		(void)strncpy(add->codec, track->info.codecs[0]->mime_type, sizeof add->codec - 1);
	for (size_t i = 0; i < track->info.n_layers; i++) {
		const Lk__VideoLayer *from = track->info.layers[i];

		if ((unsigned)from->quality > LK__VIDEO_QUALITY__HIGH)
			continue;
		add->layers[add->layer_count++] = (struct plane_layer){
			.quality = (uint8_t)from->quality,
			.width = from->width,
			.height = from->height,
			.bitrate = from->bitrate,
		};
	}
	signal_send(m->room, &cmd);
}

static bool may_publish(const struct member *m, Lk__TrackSource source)
{
	return m->token.can_publish && (unsigned)source <= LK__TRACK_SOURCE__SCREEN_SHARE_AUDIO &&
	       m->token.can_publish_sources & 1u << (unsigned)source;
}

static size_t count_tracks(const struct member *m, bool live)
{
	const struct track *track;
	size_t n = 0;

	list_each (track, &m->tracks, in_member)
		n += track->live == live;
	return n;
}

/* Why this track may not be published; OK = it may. */
static Lk__RequestReason check(const struct member *m, const Lk__AddTrackRequest *request)
{
	size_t pending = count_tracks(m, false), live = count_tracks(m, true);

	if (!may_publish(m, request->source))
		return LK__REQUEST_REASON__NOT_ALLOWED;
	if (request->type != LK__TRACK_TYPE__AUDIO && request->type != LK__TRACK_TYPE__VIDEO)
		return LK__REQUEST_REASON__UNSUPPORTED_TYPE;
	if (request->sid && *request->sid) /* a backup codec for an existing track */
		return LK__REQUEST_REASON__UNSUPPORTED_TYPE;
	if (!request->cid || !*request->cid || strlen(request->cid) >= PLANE_CID_MAX)
		return LK__REQUEST_REASON__INVALID_REQUEST;
	if (pending >= LIMIT_PENDING_TRACKS || pending + live >= LIMIT_TRACKS_PER_PARTICIPANT)
		return LK__REQUEST_REASON__LIMIT_EXCEEDED;
	return LK__REQUEST_REASON__OK;
}

static struct track *find_pending(const struct member *m, const char *cid)
{
	struct track *track;

	list_each (track, &m->tracks, in_member)
		if (!track->live && strcmp(track->cid, cid) == 0)
			return track;
	return NULL;
}

void publish_on_add_track(struct session *session, const Lk__SignalRequest *message)
{
	const Lk__AddTrackRequest *request = message->add_track;
	struct member *m = session->member;
	struct track *track = request->cid ? find_pending(m, request->cid) : NULL;

	if (track) { /* asked again: the same answer (livekit-protocol 3.6) */
		send_track_published(session, track);
		return;
	}
	Lk__RequestReason reason = check(m, request);
	bool lacks = reason == LK__REQUEST_REASON__OK &&
		     capacity_lacks_for_track(m, request->type == LK__TRACK_TYPE__VIDEO);
	if (reason == LK__REQUEST_REASON__OK && !lacks)
		track = track_new(m, request);
	if (!track) {
		char cause[] = "The track may not be published.";
		char full[] = "This server is full right now: no more cameras, microphones or "
			      "screens for the moment.";

		if (lacks) {
			send_request_response(session, 0, LK__REQUEST_REASON__LIMIT_EXCEEDED, full,
					      message);
			return;
		}
		if (reason == LK__REQUEST_REASON__OK)
			reason = LK__REQUEST_REASON__LIMIT_EXCEEDED;
		send_request_response(session, 0, reason, cause, message);
		return;
	}
	send_track_published(session, track);
	tell_plane(m, track);
}

/* ---- changes ---- */

void publish_set_muted(struct member *m, struct track *track, bool muted)
{
	if (track->info.muted == muted)
		return;
	track->info.muted = muted;
	track_touch(track);
	struct plane_cmd cmd = {
		.type = CMD_MUTE_TRACK, .participant = m->sid, .track = track->sid, .on = muted
	};
	signal_send(m->room, &cmd);
	if (!track->live)
		return;
	member_touch(m);
	room_announce(m, m);
}

void publish_mute(struct session *session, const Lk__SignalRequest *message)
{
	const Lk__MuteTrackRequest *request = message->mute;
	struct member *m = session->member;
	struct track *track = request->sid ? publish_find(m, request->sid) : NULL;

	if (!track) {
		char cause[] = "You do not publish that track.";

		send_request_response(session, 0, LK__REQUEST_REASON__NOT_FOUND, cause, message);
		return;
	}
	publish_set_muted(m, track, request->muted);
}

void publish_update_audio(struct session *session, const Lk__UpdateLocalAudioTrack *request)
{
	struct member *m = session->member;
	struct track *track = request->track_sid ? publish_find(m, request->track_sid) : NULL;

	if (!track || track->info.type != LK__TRACK_TYPE__AUDIO)
		return;
	/* in place when it fits, so that repeating it does not eat the arena */
	size_t n = request->n_features > TRACK_FEATURES_MAX ? TRACK_FEATURES_MAX
							    : request->n_features;
	int32_t *features = track->info.audio_features;
	if (n > track->info.n_audio_features)
		features = arena_alloc(&track->arena, n * sizeof *features);
	if (!features)
		return;
	memcpy(features, request->features, n * sizeof *features);
	track->info.audio_features = features;
	track->info.n_audio_features = n;
	track_touch(track);
	if (track->live) {
		member_touch(m);
		room_announce(m, m);
	}
}

void publish_update_video(struct session *session, const Lk__UpdateLocalVideoTrack *request)
{
	struct member *m = session->member;
	struct track *track = request->track_sid ? publish_find(m, request->track_sid) : NULL;

	if (!track || track->info.type != LK__TRACK_TYPE__VIDEO)
		return;
	track->info.width = request->width;
	track->info.height = request->height;
	track_touch(track);
	if (track->live) {
		member_touch(m);
		room_announce(m, m);
	}
}

void publish_live(struct member *m, struct track *track, const char *mime, const char *mid)
{
	struct member *viewer;

	if (track->live)
		return;
	char *text = *mime ? arena_text(&track->arena, mime) : NULL;
	if (text)
		track->info.mime_type = text;
	track->info.mid = arena_text(&track->arena, mid);
	track->live = true;
	track_touch(track);
	list_live(m);
	member_touch(m);
	signal_observe(SIGNAL_TRACK_PUBLISHED, m->room, m, track);
	room_announce(m, NULL); /* before anybody's offer carries it (livekit-protocol 4.1) */
	list_each (viewer, &m->room->members, in_room)
		if (viewer->client.auto_subscribe)
			subscribe_track(viewer, m, track);
}

void publish_gone(struct member *m, struct track *track)
{
	bool live = track->live;

	subscribe_forget(m->room, &track->sid);
	track->live = false;
	list_live(m);
	if (live)
		signal_observe(SIGNAL_TRACK_UNPUBLISHED, m->room, m, track);
	(void)track_free(track);
	if (!live)
		return;
	member_touch(m);
	room_announce(m, NULL);
}

void publish_revoke(struct member *m)
{
	struct track *track;

	list_each (track, &m->tracks, in_member) {
		if (may_publish(m, track->info.source))
			continue;
		struct plane_cmd cmd = { .type = CMD_REMOVE_TRACK,
					 .participant = m->sid,
					 .track = track->sid };

		signal_send(m->room, &cmd);
		send_track_unpublished(m->session, track->sid.text);
		publish_gone(m, track);
	}
}
