/* SPDX-License-Identifier: Apache-2.0 */
#include "media/sfu/leg.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/slab.h"
#include "media/sfu/participant.h"
#include "media/sfu/room.h"
#include "media/sfu/sfu.h"

/* Enters the transport's newest local ufrag into the table; the one before the previous goes. */
static int leg_add_ufrag(struct leg *l)
{
	const char *ufrag = transport_local(l->transport)->ufrag;
	struct key key;

	if (!key_of_text(&key, ufrag, strlen(ufrag)))
		return -EINVAL;

	int r = keymap_put(&l->sfu->ufrags, &key, l);
	if (r < 0)
		return r;
	if (l->has_ufrag[1])
		keymap_remove(&l->sfu->ufrags, &l->ufrags[1]);
	l->ufrags[1] = l->ufrags[0];
	l->has_ufrag[1] = l->has_ufrag[0];
	l->ufrags[0] = key;
	l->has_ufrag[0] = true;
	return 0;
}

int leg_open(struct leg *l, struct sfu *s, struct participant *p, enum plane_target target)
{
	char prefix[8];

	if (l->open)
		return -EALREADY;

	int r = timers_reserve(&s->timers, s->legs + 1);
	if (r < 0)
		return r;
	struct transport *transport = slab_calloc(sizeof *transport);
	if (!transport)
		return -ENOMEM;
	*l = (struct leg){ .sfu = s, .participant = p, .target = target, .transport = transport };
	l->timer.due = TIMER_NEVER;
	l->rtcp_ssrc = rng_u32(s->rng) | 1;
	l->sdp_session = rng_u64(s->rng) >> 2;			 /* RFC 9429 5.2.1: 62 bits */
	(void)snprintf(prefix, sizeof prefix, "%x+", s->worker); /* at most 5 letters */
	transport_init(l->transport, &(struct transport_config){ .rng = s->rng,
								 .outbox = &s->outbox,
								 .dtls = s->dtls,
								 .ufrag_prefix = prefix });
	l->open = true;
	s->legs++;
	r = leg_add_ufrag(l);
	if (r < 0)
		leg_close(l);
	return r;
}

static void leg_forget(struct leg *l, const struct path *path)
{
	struct key key;

	/* the address may be another leg's by now */
	if (key_of_path(&key, path) && keymap_get(&l->sfu->sources, &key) == l)
		keymap_remove(&l->sfu->sources, &key);
}

void leg_close(struct leg *l)
{
	const struct ice_address *addresses;

	if (!l->open)
		return;
	transport_close(l->transport);

	size_t n = transport_addresses(l->transport, &addresses);
	for (size_t i = 0; i < n; i++)
		leg_forget(l, &addresses[i].path);
	for (int i = 0; i < 2; i++) {
		if (l->has_ufrag[i])
			keymap_remove(&l->sfu->ufrags, &l->ufrags[i]);
	}
	timers_arm(&l->sfu->timers, &l->timer, TIMER_NEVER);
	channels_close(&l->data);
	transport_fini(l->transport);
	slab_free(l->transport);
	l->transport = NULL;
	l->open = l->connected = false;
	l->sfu->legs--;
}

int leg_set_remote(struct leg *l, uint64_t now, const struct negotiate_remote *remote, char *error)
{
	int r = transport_set_remote(
		l->transport, now,
		&(struct transport_remote){ .ufrag = remote->ufrag,
					    .pwd = remote->pwd,
					    .fingerprint = remote->fingerprint });

	if (r == -EACCES)
		(void)snprintf(error, NEGOTIATE_ERROR_MAX, "another DTLS fingerprint than before");
	else if (r < 0)
		(void)snprintf(error, NEGOTIATE_ERROR_MAX, "ICE or DTLS parameters are malformed");
	leg_wake(l, now);
	return r;
}

int leg_restart_ice(struct leg *l, uint64_t now)
{
	transport_restart_ice(l->transport, now);
	return leg_add_ufrag(l);
}

struct negotiate_local leg_local(struct leg *l)
{
	const struct ice_credentials *c = transport_local(l->transport);

	return (struct negotiate_local){
		.ufrag = c->ufrag,
		.pwd = c->pwd,
		.fingerprint = l->sfu->fingerprint,
		.addresses = l->sfu->addresses,
		.address_count = l->sfu->address_count,
		.tcp_addresses = l->sfu->addresses + l->sfu->address_count,
		.tcp_address_count = l->sfu->tcp_address_count,
		.session_id = l->sdp_session,
		.version = ++l->sdp_version,
	};
}

/* Whether `from` passed an authenticated check here. */
static bool leg_knows(const struct leg *l, const struct path *from)
{
	const struct ice_address *addresses;
	size_t n = transport_addresses(l->transport, &addresses);

	for (size_t i = 0; i < n; i++) {
		if (path_equal(&addresses[i].path, from))
			return true;
	}
	return false;
}

int leg_learn(struct leg *l, uint64_t now, const struct path *from, const struct ice_in *in)
{
	struct key key;

	if (in->forgot)
		leg_forget(l, &in->forgotten);
	if (!key_of_path(&key, from) || !leg_knows(l, from))
		return 0;

	struct leg *owner = keymap_get(&l->sfu->sources, &key);
	/*
	 * An address in use elsewhere is not taken over: whoever can forge a source address could
	 * cut a stranger off. A NAT that gives the port to another client does so after a silence.
	 */
	if (owner == l || (owner && now < owner->last_seen + LEG_ADDRESS_US))
		return 0;
	return keymap_put(&l->sfu->sources, &key, l);
}

void leg_path_ended(struct leg *l, const struct path *path)
{
	leg_forget(l, path);
	transport_forget(l->transport, path);
}

bool leg_worker_of(const char *ufrag, unsigned *ret)
{
	char *end;
	unsigned long worker = strtoul(ufrag, &end, 16);

	if (end == ufrag || *end != '+' || worker > UINT16_MAX)
		return false;
	*ret = (unsigned)worker;
	return true;
}

static struct plane_event leg_event(const struct leg *l, enum plane_event_type type)
{
	return (struct plane_event){
		.type = type,
		.worker = l->sfu->worker,
		.room = l->participant->room->sid,
		.participant = l->participant->sid,
		.target = l->target,
	};
}

void leg_fail(struct leg *l, const char *why)
{
	struct plane_event event = leg_event(l, EV_FAILED);

	if (l->failed)
		return;
	l->failed = true;
	l->connected = false;
	(void)snprintf(event.text, sizeof event.text, "%s", why);
	egress_event(&l->sfu->egress, &event);
}

bool leg_check(struct leg *l)
{
	if (!l->open || l->failed)
		return false;
	enum transport_state state = transport_get_state(l->transport);
	if (state == TRANSPORT_FAILED) {
		const char *cause = transport_cause(l->transport);

		leg_fail(l, cause ? cause : "the transport failed");
		return false;
	}
	if (state != TRANSPORT_CONNECTED || l->connected)
		return false;

	struct plane_event event = leg_event(l, EV_CONNECTED);

	l->connected = true;
	egress_event(&l->sfu->egress, &event);
	return true;
}

void leg_seen(struct leg *l, uint64_t now)
{
	enum { FORGET = 16 }; /* packets: a second of media, some seconds of feedback */
	uint64_t gap = l->last_seen ? now - l->last_seen : 0;

	if (gap > l->usual_gap)
		l->usual_gap = gap;
	else
		l->usual_gap -= (l->usual_gap - gap) / FORGET;
	l->last_seen = now;
}

/* How much silence is odd. */
static uint64_t lost_after(const struct leg *l)
{
	bool firefox = l->participant->join.firefox;
	uint64_t least = firefox ? LEG_LOST_FIREFOX_BUSY_US : LEG_LOST_BUSY_US;
	uint64_t most = firefox ? LEG_LOST_FIREFOX_US : LEG_LOST_US;
	uint64_t after = 3 * l->usual_gap;

	return after < least ? least : after > most ? most : after;
}

uint64_t leg_lost_deadline(const struct leg *l)
{
	if (!l->connected)
		return UINT64_MAX;
	if (l->lost_at > l->last_seen)
		return l->lost_at + LEG_LOST_AGAIN_US;
	return l->last_seen + lost_after(l);
}

void leg_tick_lost(struct leg *l, uint64_t now)
{
	struct plane_event event = leg_event(l, EV_LOST);

	if (now < leg_lost_deadline(l))
		return;
	l->lost_at = now;
	egress_event(&l->sfu->egress, &event);
}

void leg_wake(struct leg *l, uint64_t due)
{
	if (due < l->timer.due)
		timers_arm(&l->sfu->timers, &l->timer, due);
}

bool leg_may_send(const struct leg *l, uint64_t now)
{
	return l->connected && transport_may_send(l->transport, now);
}

void leg_send_rtcp(struct leg *l, uint64_t now, const uint8_t *bytes, size_t n)
{
	enum { ROOM = LEG_RTCP_MAX + SRTP_TAG_MAX + SRTCP_INDEX_LENGTH };
	const struct path *to = leg_may_send(l, now) ? transport_selected(l->transport) : NULL;

	if (n == 0 || !to)
		return;

	uint8_t *out = egress_reserve(&l->sfu->egress, ROOM);
	int length = out ? transport_protect_rtcp(l->transport, bytes, n, out, ROOM) : -ENOSPC;

	if (length < 0)
		sfu_drop(l->sfu, DROP_SEND);
	else
		egress_commit(&l->sfu->egress, to, (size_t)length);
}

int leg_send_rtp(struct leg *l, uint8_t *packet, size_t n, size_t capacity)
{
	const struct path *to = transport_selected(l->transport);
	int length = to ? transport_protect_rtp(l->transport, packet, n, packet, capacity)
			: -ENOTCONN;

	if (length < 0) {
		sfu_drop(l->sfu, DROP_SEND);
		return length;
	}
	egress_commit(&l->sfu->egress, to, (size_t)length);
	l->sfu->forwarded_packets++;
	l->sfu->forwarded_bytes += (size_t)length;
	return 0;
}
