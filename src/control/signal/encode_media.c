/* SPDX-License-Identifier: Apache-2.0 */
/* See encode.h: the messages about what the media plane measured. */
#include <ctype.h>
#include <string.h>

#include "control/signal/encode.h"

enum { QUALITIES = 3, CODEC_MAX = 16 };

/* "video/VP8" ▸ "vp8", as SubscribedCodec has it (livekit-protocol 6.2) */
static void short_codec(const char *mime, char ret[CODEC_MAX])
{
	const char *slash = strchr(mime, '/'), *name = slash ? slash + 1 : mime;
	size_t i = 0;

	for (; name[i] && i + 1 < CODEC_MAX; i++)
		ret[i] = (char)tolower((unsigned char)name[i]);
	ret[i] = '\0';
}

void send_subscribed_quality(struct session *session, struct track *track, unsigned best)
{
	Lk__SignalResponse response = LK__SIGNAL_RESPONSE__INIT;
	Lk__SubscribedQualityUpdate update = LK__SUBSCRIBED_QUALITY_UPDATE__INIT;
	Lk__SubscribedCodec codec = LK__SUBSCRIBED_CODEC__INIT, *codecs[] = { &codec };
	Lk__SubscribedQuality qualities[QUALITIES], *pointers[QUALITIES];
	char name[CODEC_MAX];

	for (unsigned i = 0; i < QUALITIES; i++) {
		lk__subscribed_quality__init(&qualities[i]);
		qualities[i].has_quality = qualities[i].has_enabled = true;
		qualities[i].quality = (Lk__VideoQuality)i;
		qualities[i].enabled = best < QUALITIES && i <= best;
		pointers[i] = &qualities[i];
	}
	short_codec(track->info.mime_type, name);
	codec.codec = name;
	codec.qualities = update.subscribed_qualities = pointers;
	codec.n_qualities = update.n_subscribed_qualities = QUALITIES;
	update.track_sid = track->sid.text;
	update.subscribed_codecs = codecs;
	update.n_subscribed_codecs = 1;
	response.message_case = LK__SIGNAL_RESPONSE__MESSAGE_SUBSCRIBED_QUALITY_UPDATE;
	response.subscribed_quality_update = &update;
	send_response(session, &response);
}

void send_stream_state(struct session *session, char *publisher_sid, char *track_sid, bool paused)
{
	Lk__SignalResponse response = LK__SIGNAL_RESPONSE__INIT;
	Lk__StreamStateUpdate update = LK__STREAM_STATE_UPDATE__INIT;
	Lk__StreamStateInfo info = LK__STREAM_STATE_INFO__INIT, *infos[] = { &info };

	info.participant_sid = publisher_sid;
	info.track_sid = track_sid;
	info.has_state = true;
	info.state = paused ? LK__STREAM_STATE__STREAM_PAUSED : LK__STREAM_STATE__STREAM_ACTIVE;
	update.stream_states = infos;
	update.n_stream_states = 1;
	response.message_case = LK__SIGNAL_RESPONSE__MESSAGE_STREAM_STATE_UPDATE;
	response.stream_state_update = &update;
	send_response(session, &response);
}

void send_speakers(struct session *session, const struct plane_speaker *const *speakers, size_t n)
{
	Lk__SignalResponse response = LK__SIGNAL_RESPONSE__INIT;
	Lk__SpeakersChanged changed = LK__SPEAKERS_CHANGED__INIT;
	Lk__SpeakerInfo infos[PLANE_SPEAKERS_MAX], *pointers[PLANE_SPEAKERS_MAX];
	struct sid sids[PLANE_SPEAKERS_MAX];

	for (size_t i = 0; i < n && i < PLANE_SPEAKERS_MAX; i++) {
		lk__speaker_info__init(&infos[i]);
		sids[i] = speakers[i]->participant;
		infos[i].sid = sids[i].text;
		infos[i].has_level = infos[i].has_active = true;
		infos[i].level = (float)speakers[i]->level / 8;
		infos[i].active = speakers[i]->active;
		pointers[changed.n_speakers++] = &infos[i];
	}
	changed.speakers = pointers;
	response.message_case = LK__SIGNAL_RESPONSE__MESSAGE_SPEAKERS_CHANGED;
	response.speakers_changed = &changed;
	send_response(session, &response);
}

void send_connection_quality(struct session *session, char *participant_sid, unsigned quality,
			     unsigned score)
{
	Lk__SignalResponse response = LK__SIGNAL_RESPONSE__INIT;
	Lk__ConnectionQualityUpdate update = LK__CONNECTION_QUALITY_UPDATE__INIT;
	Lk__ConnectionQualityInfo info = LK__CONNECTION_QUALITY_INFO__INIT, *infos[] = { &info };

	info.participant_sid = participant_sid;
	info.has_quality = info.has_score = true;
	info.quality = (Lk__ConnectionQuality)quality;
	info.score = (float)score / 20; /* clients know a mean opinion score, 0..5 */
	update.updates = infos;
	update.n_updates = 1;
	response.message_case = LK__SIGNAL_RESPONSE__MESSAGE_CONNECTION_QUALITY;
	response.connection_quality = &update;
	send_response(session, &response);
}

void send_data_track(struct session *session, Lk__DataTrackInfo *info, bool published)
{
	Lk__SignalResponse response = LK__SIGNAL_RESPONSE__INIT;
	Lk__DataTrackResponse track = LK__DATA_TRACK_RESPONSE__INIT;

	track.info = info;
	if (published) {
		response.message_case = LK__SIGNAL_RESPONSE__MESSAGE_PUBLISH_DATA_TRACK_RESPONSE;
		response.publish_data_track_response = &track;
	} else {
		response.message_case = LK__SIGNAL_RESPONSE__MESSAGE_UNPUBLISH_DATA_TRACK_RESPONSE;
		response.unpublish_data_track_response = &track;
	}
	send_response(session, &response);
}

void send_data_handles(struct session *session, Lk__DataTrackHandle **handles, size_t n)
{
	Lk__SignalResponse response = LK__SIGNAL_RESPONSE__INIT;
	Lk__DataTrackSubscriberHandles all = LK__DATA_TRACK_SUBSCRIBER_HANDLES__INIT;

	all.sub_handles = handles;
	all.n_sub_handles = n;
	response.message_case = LK__SIGNAL_RESPONSE__MESSAGE_DATA_TRACK_SUBSCRIBER_HANDLES;
	response.data_track_subscriber_handles = &all;
	send_response(session, &response);
}
