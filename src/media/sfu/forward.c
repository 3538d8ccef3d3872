/* SPDX-License-Identifier: Apache-2.0 */
#include "media/sfu/forward.h"

#include <string.h>

#include "media/sfu/downlink.h"
#include "media/sfu/dynacast.h"
#include "media/sfu/participant.h"
#include "media/sfu/publish.h"
#include "media/sfu/sfu.h"
#include "media/sfu/speakers.h"
#include "media/sfu/subscribe.h"
#include "media/sfu/subscription.h"
#include "media/sfu/track.h"
#include "wire/red.h"

/* Whether a subscriber gets this packet of a video layer; may change the copy that it gets. */
static bool select_video(struct subscription *s, int layer, struct media_packet *packet)
{
	const struct scalable *scalable = s->track->layers[layer]->scalable;

	if (!layers_forward(&s->layers, layer, packet->flags & MEDIA_KEY))
		return false;

	bool keep;
	if (packet->dd && scalable) {
		struct svc_verdict verdict = svc_decide(&s->svc, &scalable->structure,
							scalable->active, packet->dd,
							packet->flags & MEDIA_KEY);

		keep = verdict.keep;
		packet->dd_mask = verdict.mask;
		if (verdict.marker)
			packet->flags |= MEDIA_MARKER;
	} else {
		keep = layers_keep(&s->layers, packet);
	}
	if (!keep)
		down_skip(&s->down, track_source(s->track, layer), packet);
	return keep;
}

/* Writes, encrypts and sends. */
static void send_one(struct subscription *s, uint64_t now, int layer,
		     const struct media_packet *packet)
{
	struct track_layer *l = s->track->layers[layer];
	size_t room = down_room(packet) + SRTP_TAG_MAX;
	uint8_t *out = egress_reserve(&s->participant->sfu->egress, room);

	if (!out)
		return; /* counted there */

	struct wr w = wr_of(out, room - SRTP_TAG_MAX);
	enum down_verdict verdict = down_write(&s->down, now, track_source(s->track, layer),
					       &l->up.clock, packet, &w);

	if (verdict == DOWN_OK)
		downlink_send(s->participant, now, out, wr_len(&w), room);
	else if (verdict == DOWN_WAIT_KEY)
		track_want_key(s->track, now, layer);
}

/*
 * Audio with redundancy to one who takes none: the packet's own block, and before it those blocks
 * whose packets were lost on the way to us (RFC 2198 4; each is the packet one number earlier).
 */
static void send_plain(struct subscription *s, uint64_t now, int layer,
		       const struct media_packet *packet)
{
	const struct up *up = &s->track->layers[layer]->up;
	struct red red;

	if (!red_parse(&red, packet->payload, packet->length)) {
		sfu_drop(s->participant->sfu, DROP_RED);
		return;
	}
	for (unsigned i = 0; i < red.count; i++) {
		unsigned back = red.count - 1u - i;
		struct media_packet plain = *packet;

		plain.red = false;
		plain.sequence -= back;
		plain.timestamp -= red.blocks[i].offset;
		plain.payload = red.blocks[i].data;
		plain.length = red.blocks[i].length;
		if (back) {
			if (!plain.length || up_has(up, plain.sequence))
				continue;
			plain.flags &= (uint8_t) ~(MEDIA_MARKER | MEDIA_RESYNC);
		}
		send_one(s, now, layer, &plain);
	}
}

/* Audio to one who loses packets: with more of the frames before it than the publisher sent. */
static void send_redundant(struct subscription *s, uint64_t now, int layer,
			   const struct media_packet *packet)
{
	const struct track_layer *l = s->track->layers[layer];
	uint8_t payload[REDUNDANCY_PACKET];
	struct wr w = wr_of(payload, sizeof payload);
	struct media_packet copy = *packet;

	if (redundancy_write(l->redundancy, packet, &w)) {
		copy.payload = payload;
		copy.length = (uint16_t)wr_len(&w);
	}
	send_one(s, now, layer, &copy);
}

void forward_to(struct subscription *s, uint64_t now, int layer, const struct media_packet *packet)
{
	struct leg *leg = &s->participant->subscriber.leg;

	if (!s->sending || subscription_is_paused(s))
		return;
	if (!leg_may_send(leg, now)) {
		s->interrupted = true;
		return;
	}
	if (s->interrupted) {
		s->interrupted = false;
		subscription_resume(s, now);
	}
	if (s->track->kind == KIND_VIDEO) {
		struct media_packet copy = *packet;

		if (select_video(s, layer, &copy))
			send_one(s, now, layer, &copy);
	} else if (packet->silent &&
		   s->down.started) { /* the first one says that the track is there */
		down_skip(&s->down, track_source(s->track, layer), packet);
	} else if (packet->red && !s->down.config.red_payload_type) {
		send_plain(s, now, layer, packet);
	} else if (packet->red && s->redundant) {
		send_redundant(s, now, layer, packet);
	} else {
		send_one(s, now, layer, packet);
	}
}

/* The first packet of a track: subscribers get it into their next offer. */
static void go_live(struct track *t, uint64_t now, enum codec codec)
{
	struct participant *p = t->publisher;
	struct plane_event event = participant_event(p, EV_TRACK_LIVE);
	const char *mid = p->publisher.offer.sections[t->section].mid;
	struct subscription *s;

	t->live = true;
	t->codec = codec;
	t->codec_since = now;
	event.target = TARGET_PUBLISHER;
	event.track = t->sid;
	(void)strncpy(event.mime, codec_info(codec)->mime, sizeof event.mime - 1);
	memcpy(event.mid, mid,
	       sizeof event.mid < SDP_MID_MAX + 1 ? sizeof event.mid : SDP_MID_MAX + 1);
	egress_event(&p->sfu->egress, &event);
	list_each (s, &t->subscriptions, in_track) {
		const struct plane_settings settings = s->settings; /* now the layers are known */

		subscription_want(s, now, &settings);
		subscribe_change(s->participant, now);
	}
	dynacast_update(t, now);
}

/* Another codec: every subscriber gets a section for it. False: too soon after the last change. */
static bool change_codec(struct track *t, uint64_t now, enum codec codec)
{
	struct subscription *s;

	if (now < t->codec_since + TRACK_CODEC_US)
		return false;
	t->codec = codec;
	t->codec_since = now;
	list_each (s, &t->subscriptions, in_track) {
		subscription_stop(s, now);
		subscribe_change(s->participant, now);
	}
	return true;
}

/* Makes the layer ready for a packet of this SSRC and codec. False: not to be taken (counted). */
static bool prepare_layer(struct track *t, uint64_t now, const struct publisher_source *source,
			  const struct negotiate_codec *codec)
{
	struct sfu *sfu = t->publisher->sfu;
	struct track_layer *l = t->layers[source->layer];
	struct subscription *s;

	enum codec kind = codec_inside(codec->codec);

	if (t->live && t->codec != kind && !change_codec(t, now, kind)) {
		sfu_drop(sfu, DROP_CODEC);
		return false;
	}
	if (l && l->ssrc == source->ssrc && l->codec == kind)
		return true;
	if (l)
		forward_rest(sfu); /* what waits belongs to the stream before */
	if (track_open_layer(t, source->layer, source->ssrc, kind,
			     (codec->feedback & SDP_FB_NACK) != 0) < 0) {
		sfu_drop(sfu, DROP_STREAM);
		return false;
	}
	if (l) {
		/* The place has a new stream: whoever was sent the old one starts again. */
		list_each (s, &t->subscriptions, in_track) {
			if (s->layers.current == source->layer)
				subscription_resume(s, now);
		}
	}
	return true;
}

/* The receiving half: what came for a track, or false with the reason counted. */
static bool receive(struct participant *p, uint64_t now, const struct rtp_header *h,
		    const struct rtpext *x, const struct publisher_source *source,
		    struct media_packet *ret, struct dd *storage)
{
	struct track *t = publish_track_of(p, source);
	bool rtx;
	const struct negotiate_codec *codec = negotiate_find_payload(
		&p->publisher.offer.sections[source->section], h->payload_type, &rtx);

	if (!t) {
		sfu_drop(p->sfu, DROP_TRACK);
		return false;
	}
	if (!codec || rtx != source->rtx) {
		sfu_drop(p->sfu, DROP_PAYLOAD_TYPE);
		return false;
	}
	if (!source->rtx && !prepare_layer(t, now, source, codec))
		return false;

	struct track_layer *l = t->layers[source->layer];
	if (!l || (source->rtx && l->codec != codec->codec)) {
		sfu_drop(p->sfu,
			 DROP_STREAM); /* a retransmission of nothing: bandwidth probes do that */
		return false;
	}

	enum up_verdict verdict = source->rtx ? up_rx_rtx(&l->up, now, h, x, ret)
					      : up_rx(&l->up, now, h, x, ret);
	leg_wake(&p->publisher.leg, up_deadline(&l->up));
	if (verdict != UP_OK) {
		sfu_drop(p->sfu, DROP_STREAM);
		return false;
	}
	ret->red = codec->codec == CODEC_RED && ret->length > 0; /* padding is no RED */
	if (l->scalable)
		scalable_rx(l->scalable, now, ret, storage);
	return true;
}

/* What every packet does once; the sending half is forward_next. */
static void accept_packet(struct track *t, uint64_t now, int layer, struct media_packet *packet)
{
	struct track_layer *l = t->layers[layer];
	struct sfu *sfu = t->publisher->sfu;

	if (packet->flags & MEDIA_KEY)
		keyframe_arrived(&l->keyframe);
	if (l->has_cache)
		cache_put(&l->cache, packet);
	if (l->redundancy)
		redundancy_put(l->redundancy, packet);
	if (packet->flags & MEDIA_FRAME_START && packet->temporal < TRACK_TEMPORAL)
		l->frames[packet->temporal]++;
	if (!t->live && packet->length > 0)
		go_live(t, now, l->codec);
	if (up_take_needs_key(&l->up) && !list_empty(&t->subscriptions))
		track_want_key(t, now, layer);
	if (t->muted) {
		sfu_drop(sfu, DROP_MUTED);
		return;
	}
	speakers_rx(t, now, packet);
	packet->silent = speakers_is_silence(t, now, packet);
	if (packet->silent)
		sfu_drop(sfu, DROP_SILENT);
	if (sfu->burst.early) {
		burst_add_sound(&sfu->burst, t, layer, l->up.count.packets <= 1, packet);
		return;
	}
	if (burst_is_full(&sfu->burst))
		forward_rest(sfu);
	burst_add(&sfu->burst, now, t, layer, l->up.count.packets <= 1, packet);
}

/* ---- looking ahead ---- */

/*
 * What sending to a subscriber reads is spread over as many cache lines as a microsecond of waiting
 * for memory; with hundreds of subscribers it is in no near cache. So it is asked for while the
 * subscribers before are served: four ahead the subscription, three ahead what it points to, and so
 * on. Being wrong costs nothing but time.
 */
static void fetch(const void *from, size_t n)
{
	for (size_t i = 0; i < n; i += 64)
		__builtin_prefetch((const uint8_t *)from + i);
}

static void fetch_subscription(const struct subscription *s)
{
	fetch(s, offsetof(struct subscription, down.ranges) + 64);
	fetch(&s->down.range_serial, sizeof s->down - offsetof(struct down, range_serial));
	fetch(&s->layers, sizeof s->layers);
}

static void fetch_participant(const struct subscription *s)
{
	const struct subscriber *to = &s->participant->subscriber;

	__builtin_prefetch(&to->leg);
	__builtin_prefetch(&to->leg.connected);
	fetch(&to->transport_sequence,
	      sizeof *to - offsetof(struct subscriber, transport_sequence));
	if (s->down.history)
		__builtin_prefetch(
			&s->down.history[(s->down.highest + 1) & (s->down.history_count - 1)], 1);
}

static void fetch_transport(const struct subscription *s)
{
	const struct subscriber *to = &s->participant->subscriber;

	if (to->leg.transport)
		transport_fetch(to->leg.transport);
	if (to->downlink)
		downlink_fetch(to->downlink);
}

static void fetch_keys(const struct subscription *s)
{
	const struct subscriber *to = &s->participant->subscriber;

	if (to->leg.transport)
		srtp_fetch(&to->leg.transport->srtp);
	if (to->downlink)
		bwe_fetch(&to->downlink->bwe, to->transport_sequence);
}

/* The subscriber after the one at hand, and those after that. */
static void look_ahead(const struct burst *b)
{
	static void (*const steps[])(const struct subscription *) = { fetch_keys, fetch_transport,
								      fetch_participant,
								      fetch_subscription };
	struct list *at = b->at;

	for (size_t i = 0; i < countof(steps) && at != &b->track->subscriptions; i++, at = at->next)
		steps[i](list_entry(at, struct subscription, in_track));
}

/* A burst's packets of one track to one subscriber. */
static void forward_group(struct subscription *s, const struct burst *b)
{
	for (unsigned i = 0; i < b->group_count; i++) {
		const struct burst_packet *p = &b->packets[b->group[i]];

		if (p->first)
			subscription_choose(s, b->now);
		if (!downlink_hold(s, b->now, p->layer, &p->packet))
			forward_to(s, b->now, p->layer, &p->packet);
	}
}

static void forward_sound(struct subscription *s, struct burst *b)
{
	const struct burst_sound *sound = &b->sounds[0];

	if (sound->first)
		subscription_choose(s, b->now);
	forward_to(s, b->now, sound->layer, &sound->packet);
}

/* To the next subscriber. False: nothing is left. */
static bool forward_some(struct sfu *sfu)
{
	struct burst *b = &sfu->burst;
	struct subscription *s;

	if (b->sound_count && (s = burst_next_sound(b))) {
		forward_sound(s, b);
		return true;
	}
	s = burst_next(b);
	if (!s)
		return false;
	look_ahead(b);
	forward_group(s, b);
	return true;
}

bool forward_next(struct sfu *sfu)
{
	size_t before = sfu->egress.count;
	bool more = true;

	while (sfu->egress.used < FORWARD_CHUNK && more)
		more = forward_some(sfu);
	return more || sfu->egress.count > before;
}

void forward_rest(struct sfu *sfu)
{
	burst_release(&sfu->burst);
	while (forward_some(sfu))
		;
}

bool forward_is_sound(const struct participant *p, const uint8_t *bytes, size_t n)
{
	const struct publisher *pub = &p->publisher;
	struct rtp_header h;

	if (!rtp_parse(&h, bytes, n) || n > BURST_SOUND ||
	    p->sfu->burst.sound_count == BURST_SOUNDS)
		return false;
	for (size_t i = 0; i < pub->source_count; i++) {
		const struct publisher_source *source = &pub->sources[i];
		const struct track *t = pub->bound[source->section];

		if (source->ssrc == h.ssrc && !source->retired)
			return !source->rtx && t && t->live && t->kind == KIND_AUDIO;
	}
	return false;
}

void forward_rtp(struct participant *p, uint64_t now, const uint8_t *bytes, size_t n)
{
	struct publisher *pub = &p->publisher;
	struct rtp_header h;
	struct rtpext x;
	struct media_packet packet;
	struct dd dd;

	if (!rtp_parse(&h, bytes, n)) {
		sfu_drop(p->sfu, DROP_RTP);
		return;
	}
	rtpext_parse(&x, &pub->offer.extensions, &h);
	p->sfu->received_packets++;
	if (x.has_transport_seq) {
		twcc_recv_rx(pub->twcc, p->sfu->arrival, x.transport_seq, h.ssrc);
		leg_wake(&pub->leg, leg_common(twcc_recv_deadline(pub->twcc)));
	}

	struct publisher_source *source = publish_find_source(p, now, &h, &x);
	if (source && receive(p, now, &h, &x, source, &packet, &dd))
		accept_packet(pub->bound[source->section], now, source->layer, &packet);
}

void forward_again(struct subscription *s, uint64_t now, uint16_t sequence)
{
	const struct cache *caches[DOWN_SOURCES] = { NULL };
	struct leg *leg = &s->participant->subscriber.leg;
	enum { ROOM = LIMIT_DATAGRAM + DOWN_OVERHEAD_MAX + SRTP_TAG_MAX };

	if (subscription_is_paused(s) || s->track->muted)
		return;
	for (int i = 0; i < LAYERS_MAX; i++) {
		const struct track_layer *l = s->track->layers[i];

		if (l && l->has_cache)
			caches[track_source(s->track, i)] = &l->cache;
	}

	uint8_t *out = egress_reserve(&leg->sfu->egress, ROOM);
	if (!out)
		return;

	struct wr w = wr_of(out, ROOM - SRTP_TAG_MAX);
	if (down_retransmit(&s->down, now, sequence, caches, &w) == DOWN_OK)
		downlink_send(s->participant, now, out, wr_len(&w), ROOM);
}

void forward_mute(struct track *t, uint64_t now, bool muted)
{
	struct subscription *s;

	if (t->muted == muted)
		return;
	t->muted = muted;
	if (muted) {
		speakers_mute(t);
		return;
	}
	list_each (s, &t->subscriptions, in_track)
		subscription_resume(s, now);
}
