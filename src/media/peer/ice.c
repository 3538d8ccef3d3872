/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ICE: STUN Binding checks in, answers out (RFC 8445 7.3, 8.1.2; RFC 7675). Nothing is learned
 * or sent before USERNAME and MESSAGE-INTEGRITY were right (R40). See ice.h;
 * checks of our own: ice_checks.c.
 */
#include "media/peer/ice.h"

#include <errno.h>
#include <string.h>

#include "base/limits.h"
#include "base/path.h"
#include "crypt/hash.h"
#include "media/peer/ice_private.h"

static void new_credentials(struct ice *i, struct rng *rng)
{
	memset(&i->current, 0, sizeof i->current);
	rng_name(rng, i->ufrag_prefix, i->current.ufrag, sizeof i->current.ufrag);
	rng_name(rng, "", i->current.pwd, sizeof i->current.pwd);
}

void ice_init(struct ice *i, struct rng *rng, const char *ufrag_prefix, struct ice_checks *checks)
{
	memset(i, 0, sizeof *i);
	i->checks = checks;
	i->controlling = checks != NULL;
	if (checks)
		memset(checks, 0, sizeof *checks);
	i->tie_breaker = rng_u64(rng);
	for (size_t k = 0; k + 1 < sizeof i->ufrag_prefix && ufrag_prefix[k]; k++)
		i->ufrag_prefix[k] = ufrag_prefix[k];
	new_credentials(i, rng);
}

/* ice-char = ALPHA / DIGIT / "+" / "/" (RFC 8839 5.4); "-" and "_" are seen in the wild. */
static bool is_ice_text(const char *text, size_t least, size_t most)
{
	size_t n = strnlen(text, most + 1);

	for (size_t k = 0; k < n && k <= most; k++) {
		char c = text[k];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      c == '+' || c == '/' || c == '-' || c == '_'))
			return false;
	}
	return n >= least && n <= most;
}

int ice_set_remote(struct ice *i, const char *ufrag, const char *pwd)
{
	if (!is_ice_text(ufrag, 4, ICE_UFRAG_MAX) || !is_ice_text(pwd, 22, ICE_PWD_MAX))
		return -EINVAL;
	memcpy(i->current.remote_ufrag, ufrag, strlen(ufrag) + 1);
	memcpy(i->remote_pwd, pwd, strlen(pwd) + 1);
	return 0;
}

void ice_restart(struct ice *i, struct rng *rng)
{
	/* Twice restarted before the peer answered: the generation it uses is the oldest. */
	if (!i->previous.ufrag[0])
		i->previous = i->current;
	new_credentials(i, rng);
}

static struct ice_address *find_address(struct ice *i, const struct path *from)
{
	for (unsigned k = 0; k < i->address_count; k++) {
		if (path_equal(&i->addresses[k].path, from))
			return &i->addresses[k];
	}
	return NULL;
}

void ice_forget(struct ice *i, const struct path *path)
{
	struct ice_address *a = find_address(i, path), *latest = NULL;

	if (!a)
		return;
	*a = i->addresses[--i->address_count];
	if (!path_equal(&i->selected, path))
		return;
	for (unsigned k = 0; k < i->address_count; k++) {
		if (!latest || i->addresses[k].last_check_us > latest->last_check_us)
			latest = &i->addresses[k];
	}
	i->nominated = false; /* the next check says where to */
	i->selected = latest ? latest->path : (struct path){ 0 };
}

bool ice_is_validated(const struct ice *i, const struct path *from)
{
	for (unsigned k = 0; k < i->address_count; k++) {
		if (path_equal(&i->addresses[k].path, from))
			return true;
	}
	return false;
}

bool ice_has_ufrag(const struct ice *i, const char *ufrag)
{
	return strcmp(ufrag, i->current.ufrag) == 0 ||
	       (i->previous.ufrag[0] && strcmp(ufrag, i->previous.ufrag) == 0);
}

bool ice_may_send(const struct ice *i, uint64_t now)
{
	return !path_none(&i->selected) && now - i->last_seen_us < ICE_PAUSE_US;
}

void ice_alive(struct ice *i, uint64_t now)
{
	i->last_seen_us = now;
}

/* The slot for a new address: a free one, or the idlest that media does not go to. */
static struct ice_address *place_for_address(struct ice *i, struct ice_in *ret)
{
	if (i->address_count < ICE_ADDRESSES)
		return &i->addresses[i->address_count++];
	struct ice_address *idlest = NULL;
	for (unsigned k = 0; k < ICE_ADDRESSES; k++) {
		struct ice_address *a = &i->addresses[k];

		if (!path_equal(&a->path, &i->selected) &&
		    (!idlest || a->last_check_us < idlest->last_check_us))
			idlest = a;
	}
	ret->forgot = true;
	ret->forgotten = idlest->path;
	return idlest;
}

/* Whether the address that media goes to has stopped checking. */
static bool is_quiet(struct ice *i, uint64_t now)
{
	const struct ice_address *a = find_address(i, &i->selected);

	return !a || now - a->last_check_us > ICE_QUIET_US;
}

void ice_validated(struct ice *i, uint64_t now, const struct path *from, bool nominates,
		   struct ice_in *ret)
{
	struct ice_address *a = find_address(i, from);

	if (!a) {
		a = place_for_address(i, ret);
		a->path = *from;
		ret->learned = true;
	}
	a->last_check_us = now;
	i->last_seen_us = now;
	/*
	 * The latest nomination counts, whenever it comes (RFC 8445 8.1.1 with a peer that
	 * renominates; Firefox nominates every pair it checks). Until the first, follow the checks;
	 * and when a NAT has given the peer another address, and it does not nominate anew.
	 */
	if (nominates || !i->nominated || is_quiet(i, now))
		i->selected = *from;
	i->nominated |= nominates;
}

void ice_sign(const struct stun_out *out, const char *pwd)
{
	struct hmac_sha1_key key;
	const struct hash_part part = { out->bytes, out->hash_length };

	hmac_sha1_init(&key, pwd, strlen(pwd));
	hmac_sha1(&key, &part, 1, out->hmac);
	hmac_sha1_wipe(&key);
}

bool ice_integrity_is_right(const struct stun_msg *m, const uint8_t *bytes, const char *pwd)
{
	uint8_t input[LIMIT_DATAGRAM], expected[SHA1_LENGTH];
	size_t n = stun_integrity_input(m, bytes, input, sizeof input);
	struct hmac_sha1_key key;

	if (n == 0)
		return false;
	const struct hash_part part = { input, n };
	hmac_sha1_init(&key, pwd, strlen(pwd));
	hmac_sha1(&key, &part, 1, expected);
	hmac_sha1_wipe(&key);
	return hash_equal(expected, stun_integrity(m, bytes), sizeof expected);
}

/* Whether USERNAME is "<c's ufrag>:<the peer's>" (RFC 8445 7.2.2). */
static bool username_is_for(const struct stun_msg *m, const struct ice_credentials *c)
{
	size_t local = 0, expected = strlen(c->ufrag), remote = strlen(c->remote_ufrag);
	const char *ufrag = stun_local_ufrag(m, &local);

	if (!ufrag || expected == 0 || local != expected || memcmp(ufrag, c->ufrag, local) != 0)
		return false;
	/* Before the peer's SDP arrived its checks may have: RFC 8445 7.3. */
	return remote == 0 || (m->username_length == local + 1 + remote &&
			       memcmp(m->username + local + 1, c->remote_ufrag, remote) == 0);
}

/* Puts an answer signed with `pwd` into the outbox. A full outbox loses it; checks are repeated. */
static void answer(struct outbox *outbox, const struct stun_msg *request, const struct path *to,
		   enum stun_error_code error, const char *pwd)
{
	struct outbox_datagram *d = outbox_reserve(outbox);
	struct stun_out out;
	int r;

	if (!d)
		return;
	if (error)
		r = stun_write_error(&out, d->bytes, sizeof d->bytes, request, error, true);
	else
		r = stun_write_success(&out, d->bytes, sizeof d->bytes, request->tid, &to->address);
	if (r < 0)
		return;
	ice_sign(&out, pwd);
	if (stun_finish(&out) < 0)
		return;
	d->to = *to;
	d->length = out.length;
	outbox_commit(outbox);
}

/*
 * Whether the peer must switch roles. A lite agent is always controlled (RFC 8445 7.3.1.1); between
 * full ones the larger tie-breaker is controlling, and we may be the one who switches.
 */
static bool is_role_conflict(struct ice *i, const struct stun_msg *m)
{
	enum stun_role wanted = i->controlling ? STUN_ROLE_CONTROLLED : STUN_ROLE_CONTROLLING;

	if (m->role == STUN_ROLE_NONE || m->role == wanted)
		return false;
	if (!i->checks)
		return true;
	if ((i->tie_breaker >= m->tie_breaker) == i->controlling)
		return true;
	i->controlling = !i->controlling;
	return false;
}

static enum verdict rx_request(struct ice *i, uint64_t now, const struct path *from,
			       const struct stun_msg *m, const uint8_t *bytes,
			       struct outbox *outbox, struct ice_in *ret)
{
	const struct ice_credentials *c = &i->current;

	if (!username_is_for(m, c)) {
		c = &i->previous;
		if (!username_is_for(m, c))
			return V_DROP_UFRAG;
	}
	if (!ice_integrity_is_right(m, bytes, c->pwd))
		return V_DROP_INTEGRITY;
	/* Authentic from here on. */
	if (m->unknown_count) {
		answer(outbox, m, from, STUN_UNKNOWN_ATTRIBUTE, c->pwd);
		return V_OK;
	}
	if (is_role_conflict(i, m)) {
		answer(outbox, m, from, STUN_ROLE_CONFLICT, c->pwd);
		return V_OK;
	}
	answer(outbox, m, from, 0, c->pwd);
	ice_validated(i, now, from, m->use_candidate && !i->controlling, ret);
	if (c == &i->current)
		memset(&i->previous, 0, sizeof i->previous);
	if (i->checks)
		ice_checks_triggered(i, now, from);
	return V_OK;
}

enum verdict ice_rx(struct ice *i, uint64_t now, const struct path *from, const uint8_t *bytes,
		    size_t n, struct outbox *outbox, struct ice_in *ret)
{
	struct stun_msg m;

	*ret = (struct ice_in){ 0 };
	if (n > LIMIT_DATAGRAM)
		return V_DROP_STUN;
	switch (stun_parse(&m, bytes, n)) {
	case STUN_OK:
		break;
	case STUN_SHORT:
		return V_DROP_SHORT;
	default:
		return V_DROP_STUN;
	}
	if (!m.has_fingerprint) /* RFC 8445 7.2.2 demands it; R40 */
		return V_DROP_STUN;
	switch (m.type) {
	case STUN_BINDING_REQUEST:
		return rx_request(i, now, from, &m, bytes, outbox, ret);
	case STUN_BINDING_SUCCESS:
	case STUN_BINDING_ERROR:
		return i->checks ? ice_checks_rx(i, now, from, &m, bytes, ret) : V_DROP_STUN;
	case STUN_BINDING_INDICATION: /* a keep-alive, RFC 8445 11: proves nothing */
		return V_OK;
	default:
		return V_DROP_STUN;
	}
}

bool ice_ufrag_of(const uint8_t *bytes, size_t n, char ret[ICE_LOCAL_UFRAG + 1])
{
	struct stun_msg m;
	size_t length;

	if (stun_parse(&m, bytes, n) != STUN_OK || m.type != STUN_BINDING_REQUEST ||
	    !m.has_fingerprint)
		return false;
	const char *ufrag = stun_local_ufrag(&m, &length);
	if (!ufrag || length > ICE_LOCAL_UFRAG || memchr(ufrag, '\0', length))
		return false;
	memcpy(ret, ufrag, length);
	ret[length] = '\0';
	return true;
}
