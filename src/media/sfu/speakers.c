/* SPDX-License-Identifier: Apache-2.0 */
#include "media/sfu/speakers.h"

#include "media/sfu/participant.h"
#include "media/sfu/room.h"
#include "media/sfu/sfu.h"
#include "media/sfu/track.h"

void speakers_rx(struct track *t, uint64_t now, const struct media_packet *p)
{
	struct room *r = t->publisher->room;

	if (t->kind != KIND_AUDIO || !(p->flags & MEDIA_LEVEL))
		return;
	loudness_add(&t->loudness, p->level, p->timestamp, codec_info(t->codec)->clock_rate);
	if (r->speakers.due || !loudness_is_pending(&t->loudness))
		return;
	r->speakers.due = now + LOUDNESS_WINDOW_US;
	leg_wake(&t->publisher->publisher.leg, r->speakers.due);
}

bool speakers_is_silence(struct track *t, uint64_t now, const struct media_packet *p)
{
	if (t->kind != KIND_AUDIO || !p->length)
		return false;

	int32_t gap = (int32_t)(p->timestamp - t->sounded);
	t->sounded = p->timestamp;
	if (!(p->flags & MEDIA_LEVEL) || p->level < SPEAKERS_SILENT || !t->heard /* the first */) {
		t->heard = now;
		t->sparse = false;
		return false;
	}
	t->sparse |= gap >= (int32_t)(codec_info(t->codec)->clock_rate / 1000 * SPEAKERS_GAP_MS);
	return t->sparse && now - t->heard > SPEAKERS_PAUSE_US;
}

void speakers_mute(struct track *t)
{
	t->loudness.active_us = 0;
	t->loudness.level = 0; /* told when the window that is open ends */
}

/* The level of the participant in this window; *pending: the next window may be another. */
static uint8_t level_of(struct participant *p, bool *pending)
{
	struct track *t;
	uint8_t level = 0;

	list_each (t, &p->tracks, in_participant) {
		if (t->kind != KIND_AUDIO)
			continue;

		uint8_t l = loudness_window(&t->loudness);
		level = l > level ? l : level;
		*pending |= loudness_is_pending(&t->loudness);
	}
	return level;
}

static void flush(struct sfu *s, struct plane_event *event)
{
	if (event->speaker_count)
		egress_event(&s->egress, event);
	event->speaker_count = 0;
}

void speakers_tick(struct room *r, uint64_t now)
{
	struct plane_event event = { .type = EV_SPEAKERS, .room = r->sid };
	struct participant *p;
	struct sfu *s = NULL;
	bool pending = false;

	if (!r->speakers.due || now < r->speakers.due)
		return;
	list_each (p, &r->participants, in_room) {
		uint8_t level = level_of(p, &pending);

		s = p->sfu;
		event.worker = s->worker;
		if (level == p->spoken)
			continue;
		p->spoken = level;
		event.speakers[event.speaker_count++] = (struct plane_speaker){
			.participant = p->sid, .level = level, .active = level > 0
		};
		if (event.speaker_count == PLANE_SPEAKERS_MAX)
			flush(s, &event);
	}
	if (s)
		flush(s, &event);
	r->speakers.due = pending ? now + LOUDNESS_WINDOW_US : 0;
}

uint64_t speakers_deadline(const struct room *r)
{
	return r->speakers.due ? r->speakers.due : UINT64_MAX;
}
