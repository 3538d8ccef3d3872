/* SPDX-License-Identifier: Apache-2.0 */
#include "media/sfu/publish.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "media/sfu/data.h"
#include "media/sfu/participant.h"
#include "media/sfu/sfu.h"
#include "media/sfu/track.h"

static enum sdp_kind sdp_kind_of(enum plane_kind kind)
{
	return kind == KIND_AUDIO ? SDP_AUDIO : SDP_VIDEO;
}

static void bind_track(struct publisher *pub, struct track *t, size_t section)
{
	pub->bound[section] = t;
	t->bound = true;
	t->section = section;
}

/* Whether a section waits for a track of this kind. */
static bool is_open(const struct publisher *pub, size_t i, enum plane_kind kind)
{
	const struct negotiate_up *up = &pub->offer.sections[i];

	return up->sending && !pub->bound[i] && up->kind == sdp_kind_of(kind);
}

static struct track *oldest_unbound(struct participant *p, enum sdp_kind kind)
{
	struct track *t;

	list_each (t, &p->tracks, in_participant) {
		if (!t->bound && sdp_kind_of(t->kind) == kind)
			return t;
	}
	return NULL;
}

/* By id: Chromium and libwebrtc put the announced cid into a=msid. */
static void bind_by_id(struct participant *p)
{
	struct publisher *pub = &p->publisher;
	struct track *t;

	list_each (t, &p->tracks, in_participant) {
		for (size_t i = 0; i < pub->offer.section_count && !t->bound; i++) {
			if (is_open(pub, i, t->kind) && t->cid[0] &&
			    strcmp(pub->offer.sections[i].track_id, t->cid) == 0)
				bind_track(pub, t, i);
		}
	}
}

/*
 * By order: Firefox announces another id than its SDP has. Others get there with their first media
 * only (publish_track_of), when the announcement that would match by id has surely come.
 */
static void bind_by_order(struct participant *p)
{
	struct publisher *pub = &p->publisher;

	for (size_t i = 0; i < pub->offer.section_count; i++) {
		struct track *t = oldest_unbound(p, pub->offer.sections[i].kind);

		if (t && is_open(pub, i, t->kind))
			bind_track(pub, t, i);
	}
}

static void bind_tracks(struct participant *p)
{
	bind_by_id(p);
	if (p->join.firefox)
		bind_by_order(p);
}

/* Forgets the SSRCs of a section. */
static void forget_sources(struct publisher *pub, size_t section)
{
	size_t kept = 0;

	for (size_t i = 0; i < pub->source_count; i++) {
		if (pub->sources[i].section != section)
			pub->sources[kept++] = pub->sources[i];
	}
	pub->source_count = kept;
	pub->last_source = 0;
}

static void unpublish(struct participant *p, uint64_t now, size_t section)
{
	struct track *t = p->publisher.bound[section];
	struct plane_event event = participant_event(p, EV_TRACK_GONE);

	event.target = TARGET_PUBLISHER;
	event.track = t->sid;
	p->publisher.bound[section] = NULL;
	(void)track_free(t, now);
	egress_event(&p->sfu->egress, &event);
}

void publish_remove_track(struct participant *p, uint64_t now, const struct sid *sid)
{
	struct track *t = sfu_find_track(p->sfu, sid);

	if (!t || t->publisher != p) {
		sfu_drop(p->sfu, DROP_COMMAND);
		return;
	}
	if (t->bound)
		p->publisher.bound[t->section] = NULL;
	(void)track_free(t, now);
}

/* Whether section i goes on sending what it sent. */
static bool is_same(const struct negotiate_offer *before, const struct negotiate_offer *after,
		    size_t i)
{
	const struct negotiate_up *a = &before->sections[i], *b = &after->sections[i];

	return b->sending && strcmp(a->mid, b->mid) == 0 && a->kind == b->kind &&
	       strcmp(a->track_id, b->track_id) == 0;
}

/* Sections are never removed or reordered (RFC 9429 5.2.2); the place is what identifies them. */
static int check_sections(const struct negotiate_offer *before, const struct negotiate_offer *after,
			  char *error)
{
	if (after->section_count >= before->section_count)
		return 0;
	(void)snprintf(error, NEGOTIATE_ERROR_MAX, "the offer has %zu sections, %zu before",
		       after->section_count, before->section_count);
	return -EPROTO;
}

/* The answer names first what each client wants to send (LiveKit's clients leave it to the server). */
static void order_codecs(struct publisher *pub)
{
	for (size_t i = 0; i < pub->offer.section_count; i++) {
		const struct track *t = pub->bound[i];

		if (t && t->kind == KIND_AUDIO)
			negotiate_prefer(&pub->offer.sections[i], t->red ? CODEC_RED : CODEC_OPUS);
		else if (t)
			negotiate_prefer(&pub->offer.sections[i],
					 t->preferred ? t->preferred : CODEC_VP8);
	}
}

/* Takes over a new description: tracks whose section ended go, those announced are bound. */
static int take_offer(struct participant *p, uint64_t now, struct negotiate_offer *offer)
{
	struct publisher *pub = &p->publisher;
	struct track **bound = realloc(pub->bound,
				       (offer->section_count + 1) * sizeof(struct track *));

	if (!bound)
		return -ENOMEM;
	pub->bound = bound;
	for (size_t i = 0; i < pub->offer.section_count; i++) {
		if (is_same(&pub->offer, offer, i))
			continue;
		if (pub->bound[i])
			unpublish(p, now, i);
		forget_sources(pub, i);
	}
	for (size_t i = pub->offer.section_count; i < offer->section_count; i++)
		pub->bound[i] = NULL;
	negotiate_offer_fini(&pub->offer);
	pub->offer = *offer;
	*offer = (struct negotiate_offer){ 0 };
	bind_tracks(p);
	order_codecs(pub);
	return 0;
}

static int open_transport(struct participant *p, uint64_t now,
			  const struct negotiate_remote *remote, char *error)
{
	struct publisher *pub = &p->publisher;
	struct leg *leg = &pub->leg;
	int r = 0;

	if (!pub->twcc) { /* 10 KB that those who only listen do without */
		pub->twcc = malloc(sizeof *pub->twcc);
		if (!pub->twcc)
			return -ENOMEM;
		twcc_recv_init(pub->twcc);
	}
	if (!pub->sources)
		pub->sources = calloc(LIMIT_SSRCS_PER_TRANSPORT, sizeof *pub->sources);
	if (!pub->sources)
		return -ENOMEM;
	if (!leg->open)
		r = leg_open(leg, p->sfu, p, TARGET_PUBLISHER);
	else if (strcmp(remote->ufrag, p->publisher.offer.remote.ufrag) != 0)
		r = leg_restart_ice(leg, now); /* RFC 8839 4.4.1.1.1: a changed ufrag */
	return r < 0 ? r : leg_set_remote(leg, now, remote, error);
}

static bool has_data(const struct negotiate_offer *offer)
{
	for (size_t i = 0; i < offer->section_count; i++)
		if (offer->sections[i].kind == SDP_APPLICATION && offer->sections[i].usable)
			return true;
	return false;
}

static int answer_offer(struct participant *p, uint64_t now, struct plane_event *event,
			const char *sdp, char *error)
{
	struct publisher *pub = &p->publisher;
	struct negotiate_offer offer;
	struct sdp_error cause;

	if (sdp_parse(p->sfu->sdp, sdp, strlen(sdp), &cause) != SDP_OK) {
		(void)snprintf(error, NEGOTIATE_ERROR_MAX, "offer line %u: %.*s", cause.line,
			       NEGOTIATE_ERROR_MAX - 32, cause.text);
		return -EPROTO;
	}

	int r = negotiate_read_offer(&offer, p->sfu->sdp, error);
	if (r < 0)
		return r;
	r = check_sections(&pub->offer, &offer, error);
	if (r == 0)
		r = open_transport(p, now, &offer.remote, error);
	if (r == 0)
		r = take_offer(p, now, &offer);
	if (r == 0 && has_data(&pub->offer))
		r = data_open(&pub->leg, false);
	negotiate_offer_fini(&offer);
	if (r < 0)
		return r;

	struct negotiate_local local = leg_local(&pub->leg);
	struct sb text = { .limit = LIMIT_SDP * 2 };

	negotiate_write_answer(&text, &local, p->sfu->sdp, &pub->offer);
	event->sdp = sb_steal(&text);
	return event->sdp ? 0 : -ENOMEM;
}

void publish_offer(struct participant *p, uint64_t now, uint32_t id, const char *sdp)
{
	struct leg *leg = &p->publisher.leg;
	struct plane_event event = participant_event(p, EV_ANSWER);
	char error[NEGOTIATE_ERROR_MAX] = "out of memory";

	event.target = TARGET_PUBLISHER;
	event.id = id;
	if (leg->open && leg->failed) {
		sfu_drop(p->sfu, DROP_COMMAND);
		return;
	}
	if (!p->join.can_publish)
		(void)snprintf(error, sizeof error, "this participant may not publish");
	else if (answer_offer(p, now, &event, sdp, error) == 0) {
		egress_event(&p->sfu->egress, &event);
		(void)leg_check(
			leg); /* known keys: the remote fingerprint was all that was missing */
		return;
	}
	if (leg->open) {
		leg_fail(leg, error);
		return;
	}
	event.type = EV_FAILED;
	(void)snprintf(event.text, sizeof event.text, "%s", error);
	egress_event(&p->sfu->egress, &event);
}

void publish_add_track(struct participant *p, const struct plane_cmd *cmd)
{
	struct plane_event event = participant_event(p, EV_FAILED);
	struct track *t;
	int r = p->join.can_publish ? track_new(&t, p, cmd) : -EACCES;

	if (r == 0) {
		bind_tracks(p);
		return;
	}
	event.target = TARGET_PUBLISHER;
	event.track = cmd->track;
	(void)snprintf(event.text, sizeof event.text, "add track: %s", strerrordesc_np(-r));
	egress_event(&p->sfu->egress, &event);
}

const struct publisher_source *publish_known_source(const struct participant *p, uint32_t ssrc)
{
	const struct publisher *pub = &p->publisher;

	for (size_t i = 0; i < pub->source_count; i++) {
		if (pub->sources[i].ssrc == ssrc)
			return &pub->sources[i];
	}
	return NULL;
}

/* The layer of a rid; -1 = not of this section. */
static int layer_of(const struct negotiate_up *up, struct rtpext_text rid)
{
	for (int i = 0; i < LAYERS_MAX; i++) {
		if (up->rids[i][0] && strlen(up->rids[i]) == rid.length &&
		    memcmp(up->rids[i], rid.at, rid.length) == 0)
			return i;
	}
	return -1;
}

static int section_of_mid(const struct publisher *pub, struct rtpext_text mid)
{
	for (size_t i = 0; i < pub->offer.section_count; i++) {
		const char *name = pub->offer.sections[i].mid;

		if (pub->offer.sections[i].sending && strlen(name) == mid.length &&
		    memcmp(name, mid.at, mid.length) == 0)
			return (int)i;
	}
	return -1;
}

/* RFC 8843 9.2 and RFC 8852: mid says the section, rid the layer, repaired-rid the layer of a
 * retransmission. */
static bool identify_by_extensions(const struct publisher *pub, const struct rtp_header *h,
				   const struct rtpext *x, struct publisher_source *ret)
{
	int section = x->mid.at ? section_of_mid(pub, x->mid) : -1, layer = 0;
	bool rtx = false;

	if (section < 0)
		return false;

	const struct negotiate_up *up = &pub->offer.sections[section];
	if (!negotiate_find_payload(up, h->payload_type, &rtx))
		return false;
	if (up->rid_count) {
		struct rtpext_text rid = rtx ? x->repaired_rid : x->rid;

		layer = rid.at ? layer_of(up, rid) : -1;
	}
	if (layer < 0)
		return false;
	*ret = (struct publisher_source){
		.ssrc = h->ssrc, .section = (uint16_t)section, .layer = (uint8_t)layer, .rtx = rtx
	};
	return true;
}

static bool identify_by_description(const struct publisher *pub, const struct rtp_header *h,
				    struct publisher_source *ret)
{
	for (size_t i = 0; i < pub->offer.section_count; i++) {
		const struct negotiate_up *up = &pub->offer.sections[i];
		bool rtx = up->rtx_ssrc == h->ssrc;

		if (!up->sending || h->ssrc == 0 || (!rtx && up->ssrc != h->ssrc))
			continue;
		*ret = (struct publisher_source){ .ssrc = h->ssrc,
						  .section = (uint16_t)i,
						  .rtx = rtx };
		return true;
	}
	return false;
}

/* Room for one more: the source that was retired first goes; NULL when all are in use. */
static struct publisher_source *new_slot(struct publisher *pub)
{
	struct publisher_source *oldest = NULL;

	if (pub->source_count < LIMIT_SSRCS_PER_TRANSPORT)
		return &pub->sources[pub->source_count++];
	for (size_t i = 0; i < pub->source_count; i++) {
		struct publisher_source *source = &pub->sources[i];

		if (source->retired && (!oldest || source->retired < oldest->retired))
			oldest = source;
	}
	return oldest;
}

static struct publisher_source *learn(struct publisher *pub, uint64_t now,
				      const struct publisher_source *found)
{
	struct publisher_source *slot = NULL;

	for (size_t i = 0; i < pub->source_count; i++) {
		struct publisher_source *other = &pub->sources[i];

		if (other->ssrc == found->ssrc)
			slot = other;
		else if (!other->retired && other->section == found->section &&
			 other->layer == found->layer && other->rtx == found->rtx)
			other->retired = now;
	}
	if (!slot)
		slot = new_slot(pub);
	if (slot)
		*slot = *found;
	return slot;
}

/* A replaced stream may come back, but not with packets that were merely late. */
enum { RETIRED_US = 2 * 1000 * 1000 };

struct publisher_source *publish_find_source(struct participant *p, uint64_t now,
					     const struct rtp_header *h, const struct rtpext *x)
{
	struct publisher *pub = &p->publisher;
	struct publisher_source found;

	if (pub->last_source < pub->source_count &&
	    pub->sources[pub->last_source].ssrc == h->ssrc &&
	    !pub->sources[pub->last_source].retired)
		return &pub->sources[pub->last_source];
	for (size_t i = 0; i < pub->source_count; i++) {
		if (pub->sources[i].ssrc != h->ssrc)
			continue;
		if (!pub->sources[i].retired) {
			pub->last_source = i;
			return &pub->sources[i];
		}
		if (now < pub->sources[i].retired + RETIRED_US) {
			sfu_drop(p->sfu, DROP_RETIRED);
			return NULL;
		}
	}

	struct publisher_source *source = NULL;
	if (identify_by_extensions(pub, h, x, &found) || identify_by_description(pub, h, &found))
		source = learn(pub, now, &found);
	if (!source)
		sfu_drop(p->sfu, DROP_SSRC);
	return source;
}

struct track *publish_track_of(struct participant *p, const struct publisher_source *source)
{
	struct publisher *pub = &p->publisher;

	if (!pub->bound[source->section]) {
		struct track *t = oldest_unbound(p, pub->offer.sections[source->section].kind);

		if (t)
			bind_track(pub, t, source->section);
	}
	return pub->bound[source->section];
}
