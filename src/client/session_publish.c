/* SPDX-License-Identifier: Apache-2.0 */
/* What a session sends: tracks. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "client/session.h"

static enum media_codec media_of(confab_codec codec)
{
	return codec == CONFAB_OPUS ? MEDIA_OPUS : codec == CONFAB_H264 ? MEDIA_H264 : MEDIA_VP8;
}

/* A section for the track: a new one, or one of the same kind that was given up (RFC 9429 5.2.2). NULL: all
 * are in use. */
static struct section *find_section(struct session *s, enum media_codec codec)
{
	for (size_t i = 0; i < s->section_count; i++) {
		struct section *section = &s->sections[i];

		if (!section->track &&
		    media_codec_is_video(section->codec) == media_codec_is_video(codec))
			return section;
	}
	return s->section_count < SESSION_SECTIONS ? &s->sections[s->section_count++] : NULL;
}

static int publish(struct session *s, struct confab_track *t, confab_error *ret)
{
	struct section *section = pc_open(s, &s->pub) ? find_section(s, media_of(t->codec)) : NULL;
	char mid[24];

	if (!section)
		return error_set(ret, s->pub.open ? CONFAB_ERR_BAD_INPUT : CONFAB_ERR_INTERNAL, 0,
				 true,
				 s->pub.open ? "A call takes %d tracks of one client."
					     : "There is no socket for media.",
				 SESSION_SECTIONS);
	rng_name(rng_os(), "t-", t->cid, sizeof t->cid);
	*section = (struct section){ .codec = media_of(t->codec), .ssrc = rng_u32(rng_os()) | 1 };
	section->rtx_ssrc = media_codec_is_video(section->codec) ? rng_u32(rng_os()) & ~1u : 0;
	memcpy(section->id, t->cid, sizeof section->id);
	(void)snprintf(mid, sizeof mid, "%td", section - s->sections + 1);
	if (send_init(&t->send, rng_os(),
		      &(struct send_config){ .codec = section->codec,
					     .mid = mid,
					     .ssrc = section->ssrc,
					     .rtx_ssrc = section->rtx_ssrc,
					     .transport_seq = &s->transport_seq }) < 0)
		return error_no_memory(ret);
	section->track = t;
	t->sending = true;
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
	if (t->sending)
		send_fini(&t->send);
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
	if (t->muted || !t->sending || !t->published || !s->pub.open)
		return;
	t->send.level = frame->level;
	(void)send_frame(&t->send, &s->pub.peer, clock_now_us(), frame->bytes, frame->length,
			 frame->timestamp, pc_send_media, &s->pub);
}
