/* SPDX-License-Identifier: Apache-2.0 */
#include "media/sfu/subscribe.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/slab.h"
#include "media/sfu/data.h"
#include "media/sfu/participant.h"
#include "media/sfu/sfu.h"
#include "media/sfu/subscription.h"
#include "media/sfu/track.h"

/*
 * An SSRC that this leg has never used: SRTP forgets the numbers of streams that are over, and a number
 * encrypted twice under one SSRC would give the key stream away (RFC 3711 9.1). Odd steps from a place
 * of chance meet each value once in 2^32. 0 is left out, it reads as "none".
 */
static uint32_t fresh_ssrc(struct participant *p)
{
	enum { STEP = 0x5e3779b9 }; /* odd */
	struct subscriber *sub = &p->subscriber;

	do
		sub->last_ssrc += STEP;
	while (sub->last_ssrc == 0 || sub->last_ssrc == sub->leg.rtcp_ssrc);
	return sub->last_ssrc;
}

/* A free section of the kind, or a new one; NULL when there is no room. */
static struct subscriber_section *take_section(struct subscriber *sub, enum plane_kind kind)
{
	for (size_t i = 0; i < sub->section_count; i++) {
		if (sub->sections[i].state == SECTION_FREE &&
		    sub->sections[i].description.kind == kind)
			return &sub->sections[i];
	}
	if (sub->section_count + 1 >= LIMIT_SDP_SECTIONS)
		return NULL; /* waits until one gets free */
	if (sub->section_count == sub->section_capacity) {
		size_t capacity = sub->section_capacity ? sub->section_capacity * 2 : 4;
		struct subscriber_section *sections = slab_calloc(capacity * sizeof *sections);

		if (!sections)
			return NULL;
		if (sub->section_count)
			memcpy(sections, sub->sections, sub->section_count * sizeof *sections);
		slab_free(sub->sections);
		sub->sections = sections;
		sub->section_capacity = capacity;
	}

	struct subscriber_section *section = &sub->sections[sub->section_count++];

	*section = (struct subscriber_section){ .description.kind = kind };
	return section;
}

/* Gives each live track that waits a section. */
static void place_subscriptions(struct participant *p)
{
	struct subscriber *sub = &p->subscriber;
	struct subscription *s;

	list_each (s, &p->subscriptions, in_participant) {
		if (s->placed || !s->track->live)
			continue;

		struct subscriber_section *section = take_section(sub, s->track->kind);
		if (!section)
			continue;
		section->state = SECTION_ACTIVE;
		section->subscription = s;
		section->description = (struct negotiate_down){
			.kind = s->track->kind,
			.codec = s->track->codec,
			.active = true,
			.publisher = s->track->publisher->sid,
			.track = s->track->sid,
		};
		section->description.ssrc = fresh_ssrc(p);
		if (codec_info(s->track->codec)->rtx_payload_type)
			section->description.rtx_ssrc = fresh_ssrc(p);
		s->section = (size_t)(section - sub->sections);
		s->placed = true;
	}
}

/* Remembers what the offer says, to read the answer by. */
static int keep_offered(struct subscriber *sub)
{
	struct negotiate_down *offered = slab_calloc((sub->section_count + 1) * sizeof *offered);

	if (!offered)
		return -ENOMEM;
	for (size_t i = 0; i < sub->section_count; i++)
		offered[i] = sub->sections[i].description;
	slab_free(sub->offered);
	sub->offered = offered;
	sub->offered_count = sub->section_count;
	return 0;
}

static void make_offer(struct participant *p, uint64_t now)
{
	struct subscriber *sub = &p->subscriber;
	struct plane_event event = participant_event(p, EV_OFFER);
	struct sb text = { .limit = LIMIT_SDP * 2 }; /* ours to bound: 511 sections of about 1 KB */

	place_subscriptions(p);
	sub->dirty = false;
	sub->offer_at = UINT64_MAX;
	if (keep_offered(sub) < 0) {
		leg_fail(&sub->leg, "out of memory");
		return;
	}

	struct negotiate_local local = leg_local(&sub->leg);
	negotiate_write_offer(&text, &local, sub->offered, sub->offered_count);
	event.target = TARGET_SUBSCRIBER;
	event.id = ++sub->offer_id;
	event.sdp = sb_steal(&text);
	if (!event.sdp) {
		leg_fail(&sub->leg, "out of memory");
		return;
	}
	sub->outstanding = true;
	sub->answer_by = now + SUBSCRIBE_ANSWER_US;
	sub->offer_before = sub->last_offer;
	sub->last_offer = now;
	egress_event(&p->sfu->egress, &event);
	leg_wake(&sub->leg, sub->answer_by);
}

int subscribe_open(struct participant *p, uint64_t now)
{
	struct subscriber *sub = &p->subscriber;
	int r = leg_open(&sub->leg, p->sfu, p, TARGET_SUBSCRIBER);

	if (r == 0)
		r = data_open(&sub->leg, true);
	if (r < 0)
		return r;
	sub->last_ssrc = rng_u32(p->sfu->rng);
	sub->answer_by = UINT64_MAX;
	sub->dirty = true;
	sub->offer_at = now + SUBSCRIBE_FIRST_US;
	leg_wake(&sub->leg, sub->offer_at);
	return 0;
}

void subscribe_change(struct participant *p, uint64_t now)
{
	struct subscriber *sub = &p->subscriber;

	if (!sub->leg.open || sub->leg.failed)
		return;
	if (sub->dirty)
		return; /* goes out with the offer that waits already */
	sub->dirty = true;
	sub->offer_at = now + SUBSCRIBE_DELAY_US;
	/* Churn: two offers a moment ago. A call's first audio and video need not wait for that. */
	if (sub->offer_before && now < sub->offer_before + SUBSCRIBE_CHURN_US &&
	    sub->offer_at < sub->last_offer + SUBSCRIBE_SPACING_US)
		sub->offer_at = sub->last_offer + SUBSCRIBE_SPACING_US;
	leg_wake(&sub->leg, sub->offer_at);
}

void subscribe_away(struct participant *p)
{
	struct subscriber *sub = &p->subscriber;

	sub->away = true;
	sub->outstanding = false; /* its answer may never come */
	sub->answer_by = UINT64_MAX;
}

void subscribe_resume(struct participant *p, uint64_t now)
{
	struct subscriber *sub = &p->subscriber;

	subscribe_away(p);
	sub->away = false;
	if (!sub->leg.open || sub->leg.failed)
		return;
	if (leg_restart_ice(&sub->leg, now) < 0) {
		leg_fail(&sub->leg, "out of memory");
		return;
	}
	sub->dirty = true;
	sub->offer_at = now;
	leg_wake(&sub->leg, now);
}

void subscribe_release(struct participant *p, size_t index, uint64_t now)
{
	struct subscriber_section *section = &p->subscriber.sections[index];

	section->state = SECTION_CLOSING;
	section->subscription = NULL;
	section->description.active = false;
	subscribe_change(p, now);
}

static void apply_section(struct participant *p, uint64_t now, size_t i,
			  const struct negotiate_taken *taken)
{
	struct subscriber_section *section = &p->subscriber.sections[i];
	const struct negotiate_down *offered = &p->subscriber.offered[i];
	struct subscription *s = section->subscription;

	if (!offered->active) {
		if (section->state == SECTION_CLOSING)
			section->state = SECTION_FREE;
		return;
	}
	/* While the answer was on its way the section may have been given up, or given to another
	 * track. */
	if (!s || s->sending || !taken->accepted || section->description.ssrc != offered->ssrc)
		return;
	if (subscription_start(s, now, offered, taken) < 0)
		leg_fail(&p->subscriber.leg, "out of memory");
}

/* Reads and applies an answer; negative with a reason in `error`. */
static int apply_answer(struct participant *p, uint64_t now, const char *sdp, char *error)
{
	struct subscriber *sub = &p->subscriber;
	struct sdp_error cause;
	struct negotiate_remote remote;
	struct negotiate_taken *taken;

	if (sdp_parse(p->sfu->sdp, sdp, strlen(sdp), &cause) != SDP_OK) {
		(void)snprintf(error, NEGOTIATE_ERROR_MAX, "answer line %u: %.*s", cause.line,
			       NEGOTIATE_ERROR_MAX - 32, cause.text);
		return -EPROTO;
	}
	taken = calloc(sub->offered_count + 1, sizeof *taken);
	if (!taken)
		return -ENOMEM;

	int r = negotiate_read_answer(&remote, taken, p->sfu->sdp, sub->offered, sub->offered_count,
				      error);
	if (r == 0)
		r = leg_set_remote(&sub->leg, now, &remote, error);
	if (r == 0 && remote.without_data)
		data_close(&sub->leg);
	for (size_t i = 0; i < sub->offered_count && r == 0; i++)
		apply_section(p, now, i, &taken[i]);
	free(taken);
	return r;
}

/* Whether some live track still waits for a section that has become free. */
static bool somebody_waits(const struct participant *p)
{
	struct subscription *s;

	list_each (s, &p->subscriptions, in_participant) {
		if (!s->placed && s->track->live)
			return true;
	}
	return false;
}

void subscribe_answer(struct participant *p, uint64_t now, uint32_t id, const char *sdp)
{
	struct subscriber *sub = &p->subscriber;
	char error[NEGOTIATE_ERROR_MAX] = "out of memory";

	if (!sub->leg.open || sub->leg.failed || !sub->outstanding ||
	    (id != 0 && id != sub->offer_id)) {
		sfu_drop(p->sfu, DROP_COMMAND);
		return;
	}
	if (apply_answer(p, now, sdp, error) < 0) {
		leg_fail(&sub->leg, error);
		return;
	}
	sub->outstanding = false;
	sub->answer_by = UINT64_MAX;
	if (leg_check(&sub->leg))
		subscribe_connected(p, now);
	if (sub->dirty)
		leg_wake(&sub->leg, sub->offer_at);
	else if (somebody_waits(p) && sub->section_count + 1 < LIMIT_SDP_SECTIONS)
		subscribe_change(p, now);
}

void subscribe_connected(struct participant *p, uint64_t now)
{
	struct subscription *s;

	list_each (s, &p->subscriptions, in_participant)
		subscription_choose(s, now);
}

void subscribe_tick(struct participant *p, uint64_t now)
{
	struct subscriber *sub = &p->subscriber;

	if (sub->leg.failed)
		return;
	if (sub->away)
		return;
	if (sub->outstanding && now >= sub->answer_by)
		leg_fail(&sub->leg, "no answer to our offer within 15 s");
	else if (sub->dirty && !sub->outstanding && now >= sub->offer_at)
		make_offer(p, now);
}

uint64_t subscribe_deadline(const struct participant *p)
{
	const struct subscriber *sub = &p->subscriber;

	if (sub->leg.failed || sub->away)
		return UINT64_MAX;
	if (sub->outstanding)
		return sub->answer_by;
	return sub->dirty ? sub->offer_at : UINT64_MAX;
}
