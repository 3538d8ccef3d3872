/* SPDX-License-Identifier: Apache-2.0 */
/* What a session sends: tracks. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "client/session.h"

static enum media_codec media_of(confab_codec codec)
{
	return codec == CONFAB_OPUS ? MEDIA_OPUS : codec == CONFAB_H264 ? MEDIA_H264 : MEDIA_VP8;
}

void session_publish(struct session *s, struct confab_track *t)
{
	struct section *section = &s->sections[s->section_count];
	char mid[8];

	if (s->section_count == SESSION_SECTIONS || t->sending || !pc_open(s, &s->pub))
		return;
	rng_name(rng_os(), "t-", t->cid, sizeof t->cid);
	*section = (struct section){ .track = t,
				     .codec = media_of(t->codec),
				     .ssrc = rng_u32(rng_os()) | 1 };
	section->rtx_ssrc = media_codec_is_video(section->codec) ? rng_u32(rng_os()) & ~1u : 0;
	memcpy(section->id, t->cid, sizeof section->id);
	(void)snprintf(mid, sizeof mid, "%zu", ++s->section_count);
	if (send_init(&t->send, rng_os(),
		      &(struct send_config){ .codec = section->codec,
					     .mid = mid,
					     .ssrc = section->ssrc,
					     .rtx_ssrc = section->rtx_ssrc,
					     .transport_seq = &s->transport_seq }) < 0)
		return;
	t->sending = true;
	signal_add_track(s, t);
	if (t->muted)
		signal_mute(s, t);
	signal_offer(s);
}

void session_unpublish(struct session *s, struct confab_track *t)
{
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
	(void)send_frame(&t->send, &s->pub.peer, clock_now_us(), frame->bytes, frame->length,
			 frame->timestamp, pc_send_media, &s->pub);
}
