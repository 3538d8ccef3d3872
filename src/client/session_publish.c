/* SPDX-License-Identifier: Apache-2.0 */
/* What a session sends: tracks. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "client/pack.h"
#include "client/session.h"

static enum media_codec media_of(confab_codec codec)
{
	static const enum media_codec media[] = { [CONFAB_OPUS] = MEDIA_OPUS,
						  [CONFAB_VP8] = MEDIA_VP8,
						  [CONFAB_H264] = MEDIA_H264,
						  [CONFAB_VP9] = MEDIA_VP9,
						  [CONFAB_AV1] = MEDIA_AV1 };

	return media[codec];
}

/* A section for the track: a new one, or one of the same kind that was given up (RFC 9429 5.2.2). NULL: all
 * are in use. */
static struct section *find_section(struct session *s, const struct confab_track *t)
{
	bool video = t->codec != CONFAB_OPUS;

	for (size_t i = 0; i < s->section_count; i++) {
		struct section *section = &s->sections[i];

		if (!section->track && media_codec_is_video(section->codec) == video &&
		    section->layer_count == t->layer_count)
			return section;
	}
	return s->section_count < SESSION_SECTIONS ? &s->sections[s->section_count++] : NULL;
}

static unsigned all_layers(const struct confab_track *t)
{
	return (1u << t->layer_count) - 1;
}

/* false: no memory. */
static bool begin_sending(struct session *s, struct confab_track *t, struct section *section)
{
	bool video = media_codec_is_video(section->codec);
	char mid[24];

	(void)snprintf(mid, sizeof mid, "%td", section - s->sections + 1);
	if (!bandwidth_begin(s))
		return false;
	t->sending = true; /* what is not set up is zero, and ends well */
	memset(t->send, 0, sizeof t->send);
	for (unsigned i = 0; i < t->layer_count; i++) {
		struct peer_layer *l = &section->layers[i];

		*l = (struct peer_layer){ rng_u32(rng_os()) | 1,
					  video ? rng_u32(rng_os()) & ~1u : 0 };
		if (send_init(&t->send[i], rng_os(),
			      &(struct send_config){ .codec = section->codec,
						     .mid = mid,
						     .rid = t->layer_count > 1 ? peer_rid(i) : NULL,
						     .ssrc = l->ssrc,
						     .rtx_ssrc = l->rtx_ssrc,
						     .path = &s->bandwidth.path }) < 0)
			return false;
	}
	return true;
}

static int publish(struct session *s, struct confab_track *t, confab_error *ret)
{
	struct section *section = pc_open(s, &s->pub) ? find_section(s, t) : NULL;

	if (!section)
		return error_set(ret, s->pub.open ? CONFAB_ERR_BAD_INPUT : CONFAB_ERR_INTERNAL, 0,
				 true,
				 s->pub.open ? "A call takes %d tracks of one client."
					     : "There is no socket for media.",
				 SESSION_SECTIONS);
	rng_name(rng_os(), "t-", t->cid, sizeof t->cid);
	*section = (struct section){ .codec = media_of(t->codec), .layer_count = t->layer_count };
	memcpy(section->id, t->cid, sizeof section->id);
	t->wanted = all_layers(t); /* publishers begin with everything (livekit-protocol 6.2) */
	t->waiting = 0;
	if (!begin_sending(s, t, section)) {
		track_stop(t);
		return error_no_memory(ret);
	}
	section->track = t;
	return CONFAB_OK;
}

void session_publish(struct session *s, struct confab_track *t)
{
	struct waiting *w = t->publishing;
	confab_error error;

	if (t->sending)
		return;
	if (publish(s, t, &error) == CONFAB_OK) {
		signal_add_track(s, t);
		if (t->muted)
			signal_mute(s, t);
		signal_offer(s);
	} else if (w) {
		t->publishing = NULL;
		w->done(w->arg, &error);
		free(w);
	}
}

void track_stop(struct confab_track *t)
{
	for (unsigned i = 0; i < t->layer_count && t->sending; i++)
		send_fini(&t->send[i]);
	t->sending = t->published = false;
}

void session_unpublish(struct session *s, struct confab_track *t)
{
	track_stop(t);
	for (size_t i = 0; i < s->section_count; i++) {
		if (s->sections[i].track == t)
			s->sections[i].track = NULL;
	}
	signal_offer(s);
}

void session_mute(struct session *s, struct confab_track *t)
{
	if (t->published)
		signal_mute(s, t);
}

void session_write(struct session *s, struct confab_track *t, const confab_frame *frame)
{
	struct send *send = &t->send[frame->layer];
	unsigned bit = 1u << frame->layer;

	if (t->muted || !t->sending || !t->published || !s->pub.open || !(t->wanted & bit))
		return;
	/* after a gap nobody can decode anything else */
	if ((t->waiting & bit) && !pack_is_key(send->config.codec, frame->bytes, frame->length))
		return;
	t->waiting &= ~bit;
	send->level = frame->level;
	(void)send_frame(send, &s->pub.peer, clock_now_us(), frame->bytes, frame->length,
			 frame->timestamp, pc_send_media, &s->pub);
}

/* ---- what is wanted ---- */

void emit_key_frame_wanted(const struct confab_track *t, unsigned layer)
{
	client_emit(t->call->client, &(confab_event){ .type = CONFAB_EVENT_KEY_FRAME_WANTED,
						      .call = t->call,
						      .track = (confab_track *)(uintptr_t)t,
						      .track_id = t->sid,
						      .layer = layer });
}

/* Qualities as layers: they have the same numbers; a track without layers is wanted in any. */
static unsigned layers_of(const struct confab_track *t, Lk__SubscribedQuality *const *list,
			  size_t n)
{
	unsigned bits = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned quality = (unsigned)list[i]->quality;

		if (list[i]->enabled && quality <= LK__VIDEO_QUALITY__HIGH)
			bits |= t->layer_count > 1 ? 1u << quality : 1;
	}
	return bits & all_layers(t);
}

static void want(struct confab_track *t, unsigned bits)
{
	unsigned again = bits & ~t->wanted;

	if (bits == t->wanted)
		return;
	t->wanted = bits;
	t->waiting |= again;
	client_emit(t->call->client, &(confab_event){ .type = CONFAB_EVENT_LAYERS_WANTED,
						      .call = t->call,
						      .track = t,
						      .track_id = t->sid,
						      .layers = bits });
	for (unsigned i = 0; i < t->layer_count; i++) {
		if (again & 1u << i)
			emit_key_frame_wanted(t, i);
	}
}

void session_wanted(struct session *s, const Lk__SubscribedQualityUpdate *m)
{
	struct confab_track *t;

	list_each (t, &s->call->tracks, in_call) {
		if (!t->published || t->codec == CONFAB_OPUS ||
		    strcmp(t->sid, or_empty(m->track_sid)) != 0)
			continue;
		/* the first codec is ours; older servers have one list for all (livekit-protocol 3.6) */
		if (m->n_subscribed_codecs)
			want(t, layers_of(t, m->subscribed_codecs[0]->qualities,
					  m->subscribed_codecs[0]->n_qualities));
		else
			want(t, layers_of(t, m->subscribed_qualities, m->n_subscribed_qualities));
	}
}
