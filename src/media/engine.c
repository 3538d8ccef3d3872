/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The packet's way, top to bottom:
 *
 *	engine_rx ▸ find_leg ▸ transport_rx (stun | dtls | srtp) ▸
 *		forward_rtp | feedback_rx_… | data_rx ▸ schedule
 *	engine_next_tx ▸ what waits, then forward_next: media, some subscribers at a time
 *	engine_cmd (engine_commands.c) ▸ publish.c, subscribe.c
 *	engine_tick ▸ tick_leg for each timer that is due
 */
#include "media/engine.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypt/cert.h"
#include "media/engine_private.h"
#include "media/engine_test.h"
#include "media/sfu/codec.h"
#include "media/sfu/data.h"
#include "media/sfu/downlink.h"
#include "media/sfu/feedback.h"
#include "media/sfu/forward.h"
#include "media/sfu/participant.h"
#include "media/sfu/subscribe.h"

/* Stands in the SDP when there is no certificate: keys are injected then, and nobody compares it. */
#define NO_FINGERPRINT                                                                            \
	"00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:" \
	"00:00:00"

int engine_new(struct engine **ret, const struct engine_config *config)
{
	struct engine *e = calloc(1, sizeof *e);
	int r = e ? 0 : -ENOMEM;

	if (r == 0 && config->certificate)
		r = dtls_context_new(&e->dtls, config->certificate);
	if (r == 0)
		r = sfu_init(&e->sfu,
			     &(struct sfu_config){
				     .rng = config->rng,
				     .dtls = e->dtls,
				     .fingerprint = config->certificate
							    ? cert_fingerprint(config->certificate)
							    : NO_FINGERPRINT,
				     .addresses = config->addresses,
				     .address_count = config->address_count,
				     .tcp_addresses = config->tcp_addresses,
				     .tcp_address_count = config->tcp_address_count,
				     .worker = config->worker,
			     });
	if (r < 0) {
		(void)engine_free(e);
		return r;
	}
	*ret = e;
	return 0;
}

struct engine *engine_free(struct engine *e)
{
	if (!e)
		return NULL;
	for (size_t i = 0; i < e->sfu.participants.capacity;) {
		struct participant *p = e->sfu.participants.slots[i].value;

		if (p)
			(void)participant_free(p, 0); /* the table moves up: the same place again */
		else
			i++;
	}
	sfu_fini(&e->sfu);
	(void)dtls_context_free(e->dtls);
	free(e);
	return NULL;
}

/* ---- timers ---- */

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* When this leg next has something to do. */
static uint64_t leg_deadline(const struct leg *l, uint64_t now)
{
	uint64_t due = transport_deadline(l->transport);

	if (l->failed)
		return UINT64_MAX;
	due = earlier(due, leg_lost_deadline(l));
	if (l->target == TARGET_SUBSCRIBER)
		due = earlier(due, subscribe_deadline(l->participant));
	if (l->target == TARGET_SUBSCRIBER && leg_may_send(l, now))
		due = earlier(due, downlink_deadline(l->participant));
	if (l->connected && l->participant->quality.due) /* of a dead path, too */
		due = earlier(due, l->participant->quality.due);
	if (leg_may_send(l, now)) { /* else the next check of the client sets the timer again */
		due = earlier(due, l->target == TARGET_PUBLISHER
					   ? feedback_deadline_publisher(l->participant)
					   : feedback_deadline_subscriber(l->participant));
		due = earlier(due, data_deadline(l));
	}
	return due;
}

void engine_schedule(struct leg *l, uint64_t now)
{
	if (!l->open)
		return;

	uint64_t due = leg_deadline(l, now);
	if (due < now + LEG_TICK_US)
		due = now + LEG_TICK_US;
	if (due >= now + LEG_FAR_US)
		due = leg_common(due);
	timers_arm(&l->sfu->timers, &l->timer, due);
}

/* After a call that may have connected or ended the transport. */
static void check_leg(struct leg *l, uint64_t now)
{
	if (leg_check(l) && l->target == TARGET_SUBSCRIBER)
		subscribe_connected(l->participant, now);
}

static void tick_leg(struct leg *l, uint64_t now)
{
	if (transport_tick(l->transport, now))
		check_leg(l, now);
	leg_tick_lost(l, now);
	if (l->target == TARGET_PUBLISHER) {
		feedback_tick_publisher(l->participant, now);
	} else {
		subscribe_tick(l->participant, now);
		downlink_tick(l->participant, now);
		feedback_tick_subscriber(l->participant, now);
	}
	data_tick(l, now);
	engine_schedule(l, now);
}

/* A tick makes no more than about this; what else is due follows when that is gone. */
enum { TICK_BYTES = 256 * 1024 };

void engine_tick(struct engine *e, uint64_t now)
{
	if (e->sfu.burst.news) /* the caller has not taken it */
		forward_rest(&e->sfu);
	burst_turn(&e->sfu.burst, now);
	for (struct timer *t; (t = timers_first(&e->sfu.timers)) && t->due <= now;) {
		tick_leg(container_of(t, struct leg, timer), now);
		if (e->sfu.egress.used >= TICK_BYTES)
			break;
	}
}

uint64_t engine_deadline(const struct engine *e)
{
	const struct timer *t = timers_first(&e->sfu.timers);
	uint64_t held = e->sfu.burst.due, due = t ? t->due : UINT64_MAX;

	return held ? earlier(held, due) : due;
}

void engine_release(struct engine *e)
{
	burst_release(&e->sfu.burst);
}

/* ---- packets ---- */

/*
 * Checks go where their ufrag says: a restart and a second connection come from known addresses.
 * Everything else goes where its source address was authenticated (R40, R46). NULL = a stranger.
 */
static struct leg *find_leg(const struct engine *e, const struct path *from, const uint8_t *bytes,
			    size_t length)
{
	char ufrag[ICE_LOCAL_UFRAG + 1];
	struct key key;

	if (!transport_is_stun(bytes, length))
		return key_of_path(&key, from) ? keymap_get(&e->sfu.sources, &key) : NULL;
	if (!transport_ufrag_of(bytes, length, ufrag) || !key_of_text(&key, ufrag, strlen(ufrag)))
		return NULL;
	return keymap_get(&e->sfu.ufrags, &key);
}

bool engine_knows(const struct engine *e, const struct path *path)
{
	struct key key;

	return key_of_path(&key, path) && keymap_get(&e->sfu.sources, &key);
}

void engine_path_ended(struct engine *e, const struct path *path)
{
	struct key key;
	struct leg *l = key_of_path(&key, path) ? keymap_get(&e->sfu.sources, &key) : NULL;

	if (l)
		leg_path_ended(l, path);
}

bool engine_worker_of(const uint8_t *bytes, size_t length, unsigned *ret_worker)
{
	char ufrag[ICE_LOCAL_UFRAG + 1];

	return transport_is_stun(bytes, length) && transport_ufrag_of(bytes, length, ufrag) &&
	       leg_worker_of(ufrag, ret_worker);
}

static void take(struct engine *e, struct leg *l, uint64_t now, const struct transport_in *in)
{
	struct participant *p = l->participant;
	bool publisher = l->target == TARGET_PUBLISHER;

	switch (in->kind) {
	case TRANSPORT_IN_NOTHING:
		break;
	case TRANSPORT_IN_RTP:
		if (publisher)
			forward_rtp(p, now, in->bytes, in->length);
		else
			sfu_drop(&e->sfu, DROP_DIRECTION);
		break;
	case TRANSPORT_IN_RTCP:
		if (publisher)
			feedback_rx_publisher(p, now, in->bytes, in->length);
		else
			feedback_rx_subscriber(p, now, in->bytes, in->length);
		break;
	case TRANSPORT_IN_DATA:
		data_rx(l, now, in->bytes, in->length);
		break;
	}
}

void engine_rx(struct engine *e, uint64_t now, const struct path *from, uint8_t *bytes,
	       size_t length)
{
	engine_rx_at(e, now, now, from, bytes, length);
}

void engine_rx_at(struct engine *e, uint64_t now, uint64_t arrival, const struct path *from,
		  uint8_t *bytes, size_t length)
{
	struct leg *l = find_leg(e, from, bytes, length);
	bool stun = transport_is_stun(bytes, length);
	struct transport_in in;

	if (!l || l->failed) {
		sfu_drop(&e->sfu, DROP_STRANGER);
		return;
	}

	e->sfu.arrival = arrival < now ? arrival : now;
	enum verdict verdict = transport_rx(l->transport, now, from, bytes, length, &in);
	e->sfu.verdicts[verdict]++;
	if (verdict == V_OK) {
		leg_seen(l, now);
		if (stun && leg_learn(l, now, from, &in.ice) < 0)
			sfu_drop(&e->sfu, DROP_STRANGER);
	}
	if (in.state_changed)
		check_leg(l, now);
	take(e, l, now, &in);
	if (in.kind == TRANSPORT_IN_NOTHING || in.kind == TRANSPORT_IN_DATA)
		engine_schedule(l, now);
}

bool engine_rx_early(struct engine *e, uint64_t now, uint64_t arrival, const struct path *from,
		     uint8_t *bytes, size_t length)
{
	struct burst *b = &e->sfu.burst;
	uint8_t type = length > 1 ? bytes[1] & 0x7f : 0;
	bool rtcp = type >= 64 && type <= 95; /* RFC 5761 4 */

	if (length < 2 || bytes[0] >> 6 != 2)
		return false;
	if (!rtcp) {
		const struct leg *l = find_leg(e, from, bytes, length);

		if (!l || l->target != TARGET_PUBLISHER ||
		    !forward_is_sound(l->participant, bytes, length))
			return false;
	}
	if (b->now < now)
		b->now = now; /* for what goes out after this */
	b->early = true;
	engine_rx_at(e, now, arrival, from, bytes, length);
	b->early = false;
	return true;
}

/* ---- what is there ---- */

bool engine_has(const struct engine *e, const char *participant)
{
	struct sid sid = { 0 };

	(void)snprintf(sid.text, sizeof sid.text, "%s", participant);
	return sfu_find_participant(&e->sfu, &sid) != NULL;
}

size_t engine_people(const struct engine *e)
{
	return e->sfu.participants.count;
}

void engine_rest(struct engine *e)
{
	if (engine_people(e) == 0)
		egress_release(&e->sfu.egress);
}

/* ---- what comes out ---- */

/* RTP of another payload type than audio's; RTCP has 64 to 95 there (RFC 5761 4). */
static bool is_video(const uint8_t *bytes, size_t length)
{
	uint8_t type = length > 1 ? bytes[1] & 0x7f : 0;

	return length > 1 && bytes[0] >> 6 == 2 && (type < 64 || type > 95) &&
	       type != codec_info(CODEC_OPUS)->payload_type;
}

bool engine_next_tx(struct engine *e, struct engine_tx *ret)
{
	const struct outbox_datagram *d = outbox_take(&e->sfu.outbox);

	if (d) {
		*ret = (struct engine_tx){ .to = &d->to, .bytes = d->bytes, .length = d->length };
		return true;
	}
	do {
		if (egress_next(&e->sfu.egress, &ret->to, &ret->bytes, &ret->length)) {
			ret->video = is_video(ret->bytes, ret->length);
			return true;
		}
		egress_reset(&e->sfu.egress);
	} while (forward_next(&e->sfu));
	return false;
}

bool engine_next_event(struct engine *e, struct plane_event *ret)
{
	return egress_next_event(&e->sfu.egress, ret);
}

bool engine_get_counter(const struct engine *e, size_t i, struct engine_counter *ret)
{
	const struct sfu *s = &e->sfu;
	const struct engine_counter plain[] = {
		{ "media_rooms", NULL, s->rooms.count, true },
		{ "media_participants", NULL, s->participants.count, true },
		{ "media_tracks", NULL, s->tracks.count, true },
		{ "media_packets_received", NULL, s->received_packets, false },
		{ "media_packets_forwarded", NULL, s->forwarded_packets, false },
		{ "media_bytes_forwarded", NULL, s->forwarded_bytes, false },
		{ "media_data_received", NULL, s->received_data, false },
		{ "media_data_forwarded", NULL, s->forwarded_data, false },
		{ "media_data_failed", NULL, s->ended_data, false },
		{ "media_unsent", "queue_full", s->egress.dropped_datagrams + s->outbox.dropped,
		  false },
		{ "media_unsent", "events_full", s->egress.dropped_events, false },
	};

	if (i < countof(plain))
		*ret = plain[i];
	else if ((i -= countof(plain)) < DROP_COUNT)
		*ret = (struct engine_counter){ "media_drops", sfu_drop_name((enum sfu_drop)i),
						s->drops[i], false };
	else if ((i -= DROP_COUNT) < V_COUNT)
		*ret = (struct engine_counter){ "media_datagrams", verdict_name((enum verdict)i),
						s->verdicts[i], false };
	else
		return false;
	return true;
}

const struct sfu *engine_sfu(const struct engine *e)
{
	return &e->sfu;
}

struct transport *engine_transport(struct engine *e, const struct sid *participant,
				   enum plane_target target)
{
	struct participant *p = sfu_find_participant(&e->sfu, participant);
	struct leg *l = !p			     ? NULL
			: target == TARGET_PUBLISHER ? &p->publisher.leg
						     : &p->subscriber.leg;

	return l && l->open ? l->transport : NULL;
}
