/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How much the path to the server takes of what we publish: media/rtp's estimator, fed with the server's feedback about
 * our packets; the program is told, so that its encoders follow. As sfu/downlink.c does it towards subscribers.
 */
#include "base/clock.h"
#include "client/pack.h"
#include "client/session.h"
#include "wire/twcc.h"

enum {
	TWCC_PACKETS = 512,	/* in one feedback; servers send one every 50 to 100 ms */
	START_US = 1000 * 1000, /* the first probes are over then */
	RAISE_US = 500 * 1000,	/* between two events that tell of more; less is told at once */
	CHANGE_PERCENT = 5,	/* smaller changes are not told */
	HEADERS = 28 + 28 +
		  16, /* bytes of a packet: IPv4 and UDP, RTP and its extensions, SRTP's tag */
	VIDEO_BPS = 2500 * 1000, /* what a video may take that says nothing of itself */
};

bool bandwidth_begin(struct session *s)
{
	struct bandwidth *b = &s->bandwidth;

	if (b->path.bwe)
		return true;
	if (bwe_init(&b->bwe, 0, 0) < 0)
		return false;
	b->path.bwe = &b->bwe;
	return true;
}

void bandwidth_end(struct session *s)
{
	if (s->bandwidth.path.bwe)
		bwe_fini(&s->bandwidth.bwe);
	s->bandwidth.path.bwe = NULL;
}

void bandwidth_rtcp(struct session *s, uint64_t now, const struct rtcp_packet *packet)
{
	struct bandwidth *b = &s->bandwidth;
	struct twcc_arrival list[TWCC_PACKETS];
	struct twcc_feedback feedback;
	struct rtcp_feedback f;
	struct rtcp_remb remb;

	if (!b->path.bwe || !rtcp_parse_feedback(&f, packet))
		return;
	if (rtcp_kind_of(packet) == RTCP_TWCC) {
		if (!twcc_parse(&feedback, list, TWCC_PACKETS, &f))
			return;
		bwe_feedback(&b->bwe, now, &feedback, list);
	} else if (rtcp_parse_remb(&remb, &f)) {
		bwe_remb(&b->bwe, now, remb.bitrate);
	} else {
		return;
	}
	if (!b->measured_since)
		b->measured_since = now;
}

/* ---- what could be sent ---- */

static bool is_video_under_way(const struct confab_track *t)
{
	return t->codec != CONFAB_OPUS && t->sending && t->published && !t->muted;
}

/* bit/s of one encoding; about 2 for each pixel when the program says nothing. */
static uint64_t rate_of(const confab_layer *l)
{
	if (l->bitrate)
		return l->bitrate;
	return l->width && l->height ? (uint64_t)l->width * l->height * 2 : VIDEO_BPS;
}

static uint32_t wanted(const struct session *s)
{
	const struct confab_track *t;
	uint64_t bps = 0;

	list_each (t, &s->call->tracks, in_call) {
		for (unsigned i = 0; is_video_under_way(t) && i < t->layer_count; i++)
			bps += t->wanted >> i & 1 ? rate_of(&t->layers[i]) : 0;
	}
	bps = bps * 5 / 4; /* room for its peaks */
	return bps > UINT32_MAX ? UINT32_MAX : (uint32_t)bps;
}

/* ---- probing ---- */

/* A stream whose RTX can carry padding. */
static struct send *find_carrier(const struct session *s)
{
	struct confab_track *t;

	list_each (t, &s->call->tracks, in_call) {
		for (unsigned i = 0; is_video_under_way(t) && i < t->layer_count; i++) {
			if (t->send[i].packets && t->send[i].config.rtx_ssrc)
				return &t->send[i];
		}
	}
	return NULL;
}

static void probe(struct session *s, uint64_t now)
{
	struct bandwidth *b = &s->bandwidth;
	struct send *carrier = find_carrier(s);

	if (!b->measured_since) /* nobody would tell what became of it */
		return;
	if (!b->path.plan.id && (!carrier || !bwe_probe(&b->bwe, now, &b->path.plan)))
		return;
	while (carrier && probe_plan_is_due(&b->path.plan, now)) {
		if (send_padding(carrier, &s->pub.peer, now, pc_send_media, &s->pub) < 0)
			carrier = NULL;
	}
	if (!carrier)
		b->path.plan.id = 0;
}

/* ---- what the program is told ---- */

/* What our sound takes, measured each second. */
static void measure_audio(struct session *s, uint64_t now)
{
	struct bandwidth *b = &s->bandwidth;
	const struct confab_track *t;
	uint64_t bytes = 0;

	if (now - b->audio_at < US_PER_S)
		return;
	list_each (t, &s->call->tracks, in_call) {
		if (t->codec == CONFAB_OPUS && t->sending)
			bytes += t->send[0].octets + t->send[0].packets * HEADERS;
	}
	/* less than before: a track has gone */
	if (b->audio_at && bytes >= b->audio_bytes)
		b->audio_bps = (uint32_t)((bytes - b->audio_bytes) * 8 * US_PER_S /
					  (now - b->audio_at));
	b->audio_bytes = bytes;
	b->audio_at = now;
}

/* Of the estimate, what encoders of video may make: without our sound and the packets' headers. */
static uint32_t target(const struct bandwidth *b)
{
	uint64_t all = bwe_estimate(&b->bwe), least = BWE_MIN_BPS / 2;
	uint64_t video = all > b->audio_bps ? all - b->audio_bps : 0;

	video = video * PACK_MAX / (PACK_MAX + HEADERS);
	return (uint32_t)(video > least ? video : least);
}

static void tell(struct session *s, uint64_t now)
{
	struct bandwidth *b = &s->bandwidth;
	uint32_t bps = target(b), step = b->told / 100 * CHANGE_PERCENT;
	bool early = now - b->measured_since < START_US && b->bwe.count.cuts == 0;

	/* in a silence the path has gone, which says nothing about its width */
	if (!b->measured_since || early || bwe_is_mute(&b->bwe) || !find_carrier(s))
		return;
	if (b->told && bps + step >= b->told &&
	    (bps <= b->told + step || now - b->told_at < RAISE_US))
		return;
	b->told = bps;
	b->told_at = now;
	client_emit(s->client, &(confab_event){ .type = CONFAB_EVENT_TARGET_BITRATE,
						.call = s->call,
						.bitrate = bps });
}

void bandwidth_tick(struct session *s, uint64_t now)
{
	struct bandwidth *b = &s->bandwidth;

	if (!b->path.bwe || !s->pub.open || peer_state(&s->pub.peer) != TRANSPORT_CONNECTED)
		return;
	measure_audio(s, now);
	bwe_want(&b->bwe, wanted(s));
	if (bwe_deadline(&b->bwe) <= now)
		bwe_tick(&b->bwe, now);
	probe(s, now);
	tell(s, now);
}
