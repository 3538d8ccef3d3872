/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The checks of a full ICE agent (RFC 8445 7.2, 8.1; RFC 7675), as a client of an SFU needs them: one
 * local candidate (the socket), a handful of remote ones. No check list of pairs of pairs: each
 * remote candidate is checked until one is nominated; then that one is kept by consent checks.
 */
#include <errno.h>
#include <string.h>

#include "base/path.h"
#include "media/peer/ice_private.h"

void ice_set_role(struct ice *i, bool controlling)
{
	i->controlling = controlling;
}

static struct ice_pair *find_pair(struct ice_checks *c, const struct path *to)
{
	for (unsigned k = 0; k < c->count; k++) {
		if (path_equal(&c->pairs[k].to, to))
			return &c->pairs[k];
	}
	return NULL;
}

static void add_pair(struct ice *i, uint64_t now, const struct path *to)
{
	struct ice_checks *c = i->checks;

	if (c->count == ICE_CANDIDATES || find_pair(c, to))
		return;
	if (c->next_first_us < now)
		c->next_first_us = now;
	c->pairs[c->count++] = (struct ice_pair){ .to = *to, .next_us = c->next_first_us };
	c->next_first_us += ICE_PACE_US;
}

void ice_connect(struct ice *i, uint64_t now, const struct path *to, struct rng *rng)
{
	if (path_none(&i->selected))
		i->selected = *to;
	if (i->checks->count == 0)
		i->tie_breaker = rng_u64(rng);
	add_pair(i, now, to);
}

void ice_disconnect(struct ice *i)
{
	i->checks->count = 0;
	i->nominated = false;
}

void ice_checks_triggered(struct ice *i, uint64_t now, const struct path *from)
{
	struct ice_pair *pair = find_pair(i->checks, from);

	if (!pair)
		add_pair(i, now, from);
	else if (!pair->answered)
		pair->next_us = now;
}

/*
 * The only candidate is nominated with its first check, which saves a round trip; among several the
 * first that answers is.
 */
static bool nominates(const struct ice *i, const struct ice_pair *pair)
{
	return i->controlling && (i->checks->count == 1 || pair->answered);
}

static void send_check(struct ice *i, struct ice_pair *pair, struct rng *rng, struct outbox *outbox)
{
	char username[ICE_UFRAG_MAX + 1 + ICE_LOCAL_UFRAG + 1];
	size_t remote = strlen(i->current.remote_ufrag), local = strlen(i->current.ufrag);
	struct outbox_datagram *d = outbox_reserve(outbox);
	struct stun_out out;

	if (!d)
		return;
	memcpy(username, i->current.remote_ufrag, remote);
	username[remote] = ':';
	memcpy(username + remote + 1, i->current.ufrag, local);
	if (pair->tries == 0)
		rng_fill(rng, pair->transaction, sizeof pair->transaction);
	pair->nominating = nominates(i, pair);
	struct stun_request request = {
		.username = username,
		.username_length = remote + 1 + local,
		.priority = 0x6e7f1eff, /* RFC 8445 5.1.2.1: peer-reflexive, first component */
		.role = i->controlling ? STUN_ROLE_CONTROLLING : STUN_ROLE_CONTROLLED,
		.tie_breaker = i->tie_breaker,
		.use_candidate = pair->nominating,
	};
	memcpy(request.tid, pair->transaction, sizeof request.tid);
	if (stun_write_request(&out, d->bytes, sizeof d->bytes, &request) < 0)
		return;
	ice_sign(&out, i->remote_pwd);
	if (stun_finish(&out) < 0)
		return;
	d->to = pair->to;
	d->length = out.length;
	outbox_commit(outbox);
}

/* Whether this pair still has checks to do, and when. */
static uint64_t due(const struct ice *i, const struct ice_pair *pair)
{
	if (!i->current.remote_ufrag[0])
		return UINT64_MAX;
	if (i->nominated && !path_equal(&pair->to, &i->selected))
		return UINT64_MAX;
	return pair->next_us;
}

static uint64_t retry_after(unsigned tries)
{
	uint64_t us = ICE_RETRY_US;

	for (unsigned k = 0; k < tries && us < ICE_RETRY_MOST_US; k++)
		us *= 2;
	return us < ICE_RETRY_MOST_US ? us : ICE_RETRY_MOST_US;
}

static uint32_t consent_after(struct rng *rng)
{
	return ICE_CONSENT_US - rng_u32(rng) % (ICE_CONSENT_US / 5);
}

void ice_tick(struct ice *i, uint64_t now, struct rng *rng, struct outbox *outbox)
{
	for (unsigned k = 0; i->checks && k < i->checks->count; k++) {
		struct ice_pair *pair = &i->checks->pairs[k];

		if (due(i, pair) > now)
			continue;
		bool established = i->nominated || (pair->answered && !i->controlling);

		if (established)
			pair->tries = 0; /* consent: each check is a new one */
		send_check(i, pair, rng, outbox);
		pair->consent_us = consent_after(rng);
		pair->next_us = now + (established ? ICE_UNANSWERED_US : retry_after(pair->tries));
		if (pair->tries < UINT8_MAX)
			pair->tries++;
	}
}

uint64_t ice_deadline(const struct ice *i)
{
	uint64_t deadline = UINT64_MAX;

	for (unsigned k = 0; i->checks && k < i->checks->count; k++) {
		uint64_t at = due(i, &i->checks->pairs[k]);

		if (at < deadline)
			deadline = at;
	}
	return deadline;
}

static struct ice_pair *pair_of_transaction(struct ice_checks *c, const uint8_t *tid)
{
	for (unsigned k = 0; k < c->count; k++) {
		struct ice_pair *pair = &c->pairs[k];

		if (pair->tries && memcmp(pair->transaction, tid, sizeof pair->transaction) == 0)
			return pair;
	}
	return NULL;
}

/* Once it has answered: the consent that follows, or the nomination, are checks of their own. */
static void answered(struct ice *i, uint64_t now, struct ice_pair *pair, struct ice_in *ret)
{
	bool nominated = pair->nominating && i->controlling;

	ice_validated(i, now, &pair->to, nominated, ret);
	pair->answered = true;
	if (nominated || !i->controlling) {
		pair->next_us = now + pair->consent_us;
	} else if (!i->nominated) {
		pair->tries = 0;
		pair->next_us = now;
	}
}

enum verdict ice_checks_rx(struct ice *i, uint64_t now, const struct path *from,
			   const struct stun_msg *m, const uint8_t *bytes, struct ice_in *ret)
{
	struct ice_pair *pair = pair_of_transaction(i->checks, m->tid);

	/* RFC 8445 7.2.5.2.1: an answer comes from where the check went */
	if (!pair || !path_equal(&pair->to, from))
		return V_DROP_STUN;
	if (!ice_integrity_is_right(m, bytes, i->remote_pwd))
		return V_DROP_INTEGRITY;
	if (m->type == STUN_BINDING_SUCCESS) {
		answered(i, now, pair, ret);
	} else if (m->error_code == STUN_ROLE_CONFLICT) { /* RFC 8445 7.2.5.1 */
		i->controlling = !i->controlling;
		pair->tries = 0;
		pair->next_us = now;
	}
	return V_OK;
}
