/* SPDX-License-Identifier: Apache-2.0 */
/* See turn.h. Way: turn_rx ▸ request ▸ authenticate ▸ allocate | refresh | permit | bind; or take_channel, take_send. */
#include "media/turn_private.h"

#include <string.h>

#include "base/address.h"
#include "base/clock.h"

enum {
	FAMILY_IPV4 = 1,
	FAMILY_IPV6 = 2,
	FIRST_PORT = 49152, /* RFC 8656 7.2 */
	PORTS = 16384,
};

/* ---- answers ---- */

static bool is_request(uint16_t type)
{
	return (type & STUN_ERROR) == 0;
}

static struct turn_msg answer_to(const struct turn_msg *m, unsigned class)
{
	struct turn_msg answer = { .type = (uint16_t)(m->type | class) };

	memcpy(answer.tid, m->tid, sizeof answer.tid);
	return answer;
}

/* 401 and 438 (RFC 8489 9.2.4): with what the next try needs; 400: without. */
static size_t write_challenge(const uint8_t secret[TURN_SECRET], uint64_t now,
			      const struct sockaddr_storage *client, const struct turn_msg *m,
			      enum turn_error code, uint8_t ret[STUN_MESSAGE_MAX])
{
	struct turn_msg answer = answer_to(m, STUN_ERROR);
	char nonce[TURN_NONCE_SIZE];
	struct stun_out out;

	turn_nonce_make(secret, now / US_PER_S, client, nonce);
	answer.error_code = (uint16_t)code;
	if (code != TURN_BAD_REQUEST) {
		answer.realm = (struct turn_text){ TURN_REALM, sizeof TURN_REALM - 1 };
		answer.nonce = (struct turn_text){ nonce, TURN_NONCE_SIZE - 1 };
	}
	return turn_write(&out, ret, STUN_MESSAGE_MAX, &answer, false) < 0 ? 0 : out.length;
}

size_t turn_greet(const uint8_t secret[TURN_SECRET], uint64_t now,
		  const struct sockaddr_storage *client, const uint8_t *bytes, size_t n,
		  uint8_t ret[STUN_MESSAGE_MAX])
{
	struct turn_msg m;

	if (turn_is_channel(bytes, n) || turn_parse(&m, bytes, n) != STUN_OK || !is_request(m.type))
		return 0;
	return write_challenge(secret, now, client, &m, TURN_UNAUTHENTICATED, ret);
}

static void refuse(struct turn *t, uint64_t now, const struct turn_msg *m, enum turn_error code,
		   struct turn_in *ret)
{
	ret->kind = ++t->refusals < TURN_REFUSALS ? TURN_IN_REPLY : TURN_IN_END;
	ret->bytes = ret->reply;
	ret->length = write_challenge(t->server->secret, now, &t->client, m, code, ret->reply);
}

static void sign(const struct hmac_sha1_key *key, struct stun_out *out)
{
	const struct hash_part part = { out->bytes, out->hash_length };

	hmac_sha1(key, &part, 1, out->hmac);
}

static void reply(const struct turn *t, const struct turn_msg *answer, struct turn_in *ret)
{
	struct stun_out out;

	if (turn_write(&out, ret->reply, sizeof ret->reply, answer, true) < 0)
		return;
	sign(&t->key, &out);
	ret->kind = TURN_IN_REPLY;
	ret->bytes = ret->reply;
	ret->length = out.length;
}

static void reply_error(const struct turn *t, const struct turn_msg *m, enum turn_error code,
			struct turn_in *ret)
{
	struct turn_msg answer = answer_to(m, STUN_ERROR);

	answer.error_code = (uint16_t)code;
	if (code == TURN_UNKNOWN_ATTRIBUTE) {
		answer.unknown_count = m->unknown_count;
		memcpy(answer.unknown, m->unknown, sizeof answer.unknown);
	}
	reply(t, &answer, ret);
}

/* ---- who asks ---- */

static bool integrity_is_good(const struct hmac_sha1_key *key, const struct turn_msg *m,
			      const uint8_t *bytes)
{
	uint8_t head[4], digest[SHA1_LENGTH];
	const struct hash_part parts[] = { { head, sizeof head },
					   { bytes + sizeof head, m->integrity_at - sizeof head } };

	turn_integrity_head(m, bytes, head);
	hmac_sha1(key, parts, 2, digest);
	return hash_equal(digest, bytes + m->integrity_at + 4, SHA1_LENGTH);
}

/*
 * RFC 8489 9.2.4. True: it is from who has the credentials, and the key is the allocation's, or (nothing is allocated) that of
 * a user name which is good now. False: refused.
 */
static bool authenticate(struct turn *t, uint64_t now, const struct turn_msg *m,
			 const uint8_t *bytes, struct turn_in *ret)
{
	struct turn_claim claim;
	struct hmac_sha1_key key;
	uint64_t expires_s;
	enum turn_error why = 0;

	if (!m->integrity_at)
		why = TURN_UNAUTHENTICATED;
	else if (!m->username.p || !m->realm.p || !m->nonce.p)
		why = TURN_BAD_REQUEST;
	else if (!turn_nonce_is_good(t, now, &m->nonce))
		why = TURN_STALE_NONCE;
	else if (!turn_name_read(&m->username, &expires_s, &claim) ||
		 claim.worker != t->server->worker)
		why = TURN_UNAUTHENTICATED;
	if (why) {
		refuse(t, now, m, why, ret);
		return false;
	}
	turn_key_of(t->server, &m->username, &key);
	bool own = strlen(t->username) == m->username.length &&
		   memcmp(t->username, m->username.p, m->username.length) == 0;
	if (!integrity_is_good(&key, m, bytes) || (!t->expires && expires_s * US_PER_S < now)) {
		refuse(t, now, m, TURN_UNAUTHENTICATED, ret);
	} else if (t->expires && !own) {
		reply_error(t, m, TURN_CREDENTIALS, ret);
	} else {
		t->refusals = 0;
		t->key = key;
		t->claim = claim;
		memcpy(t->username, m->username.p, m->username.length);
		t->username[m->username.length] = '\0';
		hmac_sha1_wipe(&key);
		return true;
	}
	hmac_sha1_wipe(&key);
	return false;
}

/* ---- requests ---- */

static const struct sockaddr_storage *first_of(const struct turn_server *s, sa_family_t family)
{
	for (size_t i = 0; i < s->address_count; i++) {
		if (s->addresses[i].ss_family == family)
			return &s->addresses[i];
	}
	return NULL;
}

/* The address that the client is told to have: one of ours, of the family it wants. Without a wish that is IPv4 (RFC 8656
 * 7.2), and where we have none what we have. */
static const struct sockaddr_storage *relayed_for(const struct turn_server *s,
						  const struct turn_msg *m)
{
	const struct sockaddr_storage *four = first_of(s, AF_INET), *six = first_of(s, AF_INET6);

	if (m->has_family)
		return m->family == FAMILY_IPV4 ? four : m->family == FAMILY_IPV6 ? six : NULL;
	return four ? four : six;
}

static enum turn_error why_no_allocation(const struct turn *t, const struct turn_msg *m,
					 const struct turn_standing *standing)
{
	if (t->expires)
		return TURN_MISMATCH;
	if (!m->has_transport || (m->reservation && (m->even_port || m->has_family)) ||
	    (m->two_families && m->has_family))
		return TURN_BAD_REQUEST;
	if (m->transport != TURN_UDP)
		return TURN_TRANSPORT;
	if (m->reservation || m->even_port)
		return TURN_CAPACITY;
	if (!relayed_for(t->server, m))
		return TURN_FAMILY;
	return standing->allocations >= TURN_ALLOCATIONS ? TURN_QUOTA : 0;
}

static void allocate(struct turn *t, uint64_t now, const struct turn_msg *m,
		     const struct turn_standing *standing, struct turn_in *ret)
{
	struct turn_msg answer = answer_to(m, STUN_SUCCESS);
	enum turn_error why = why_no_allocation(t, m, standing);
	uint16_t port = address_port(&t->relayed);

	if (!why && !standing->present) {
		refuse(t, now, m, TURN_UNAUTHENTICATED, ret); /* good no more, or not yet */
		return;
	}
	if (why) {
		reply_error(t, m, why, ret);
		return;
	}
	t->relayed = *relayed_for(t->server, m);
	address_set_port(&t->relayed, port);
	t->expires = now + TURN_LIFETIME_S * US_PER_S;
	answer.relayed = t->relayed;
	answer.mapped = t->client;
	answer.has_lifetime = true;
	answer.lifetime = TURN_LIFETIME_S;
	reply(t, &answer, ret);
}

static void refresh(struct turn *t, uint64_t now, const struct turn_msg *m, struct turn_in *ret)
{
	struct turn_msg answer = answer_to(m, STUN_SUCCESS);
	bool ends = m->has_lifetime && m->lifetime == 0;
	uint8_t family = t->relayed.ss_family == AF_INET ? FAMILY_IPV4 : FAMILY_IPV6;

	if (m->has_family && m->family != family) {
		reply_error(t, m, TURN_PEER_FAMILY, ret);
		return;
	}
	answer.has_lifetime = true;
	answer.lifetime = ends ? 0 : TURN_LIFETIME_S;
	t->expires = now + TURN_LIFETIME_S * US_PER_S;
	reply(t, &answer, ret);
	if (ends)
		ret->kind = TURN_IN_END;
}

static bool is_same_ip(const struct sockaddr_storage *a, struct sockaddr_storage b)
{
	address_set_port(&b, address_port(a));
	return address_equal(a, &b);
}

/*
 * Our address that a peer's is, by IP (RFC 8656 9: what a permission is for); or why there is none. Compared byte for byte:
 * one of ours in other clothes (::ffff:a.b.c.d, 64:ff9b::/96) is not ours, and so nobody's needs to be undressed.
 */
static const struct sockaddr_storage *ours(const struct turn *t,
					   const struct sockaddr_storage *peer,
					   enum turn_error *ret_why)
{
	*ret_why = peer->ss_family == t->relayed.ss_family ? TURN_FORBIDDEN : TURN_PEER_FAMILY;
	for (size_t i = 0; *ret_why == TURN_FORBIDDEN && i < t->server->address_count; i++) {
		if (is_same_ip(&t->server->addresses[i], *peer))
			return &t->server->addresses[i];
	}
	return NULL;
}

static struct turn_way *way_to(struct turn *t, const struct sockaddr_storage *address)
{
	for (unsigned i = 0; i < t->way_count; i++) {
		if (t->ways[i].address == address)
			return &t->ways[i];
	}
	if (t->way_count == TURN_WAYS)
		return NULL;
	t->ways[t->way_count] = (struct turn_way){ .address = address };
	return &t->ways[t->way_count++];
}

/* All or none of them (RFC 8656 10.2). */
static void permit(struct turn *t, uint64_t now, const struct turn_msg *m, struct turn_in *ret)
{
	const struct sockaddr_storage *found[TURN_PEERS_MAX];
	enum turn_error why = m->peer_count ? 0 : TURN_BAD_REQUEST;

	for (unsigned i = 0; !why && i < m->peer_count; i++) {
		enum turn_error no;

		found[i] = ours(t, &m->peers[i], &no);
		if (!found[i])
			why = no;
		else if (!way_to(t, found[i]))
			why = TURN_CAPACITY;
	}
	if (why) {
		reply_error(t, m, why, ret);
		return;
	}
	for (unsigned i = 0; i < m->peer_count; i++)
		way_to(t, found[i])->permitted_until = now + TURN_PERMISSION_S * US_PER_S;
	const struct turn_msg answer = answer_to(m, STUN_SUCCESS);
	reply(t, &answer, ret);
}

static struct turn_way *way_of_channel(struct turn *t, uint64_t now, uint16_t channel)
{
	for (unsigned i = 0; i < t->way_count; i++) {
		if (t->ways[i].channel == channel && now < t->ways[i].bound_until)
			return &t->ways[i];
	}
	return NULL;
}

static enum turn_error bind_way(struct turn *t, uint64_t now, const struct turn_msg *m)
{
	enum turn_error why;

	if (m->peer_count != 1 || !m->has_channel || m->channel < TURN_CHANNEL_FIRST ||
	    m->channel > TURN_CHANNEL_LAST)
		return TURN_BAD_REQUEST;
	const struct sockaddr_storage *address = ours(t, &m->peers[0], &why);
	if (!address)
		return why;
	if (!address_equal(address, &m->peers[0]))
		return TURN_FORBIDDEN; /* another port of this machine */
	struct turn_way *way = way_to(t, address), *bound = way_of_channel(t, now, m->channel);
	if (!way)
		return TURN_CAPACITY;
	if ((bound && bound != way) || (now < way->bound_until && way->channel != m->channel))
		return TURN_BAD_REQUEST;
	way->channel = m->channel;
	way->bound_until = now + TURN_CHANNEL_S * US_PER_S;
	way->permitted_until = now + TURN_PERMISSION_S * US_PER_S;
	return 0;
}

static void bind_channel(struct turn *t, uint64_t now, const struct turn_msg *m,
			 struct turn_in *ret)
{
	const struct turn_msg answer = answer_to(m, STUN_SUCCESS);
	enum turn_error why = bind_way(t, now, m);

	if (why)
		reply_error(t, m, why, ret);
	else
		reply(t, &answer, ret);
}

static void request(struct turn *t, uint64_t now, const struct turn_msg *m,
		    const struct turn_standing *standing, const uint8_t *bytes, struct turn_in *ret)
{
	if (!authenticate(t, now, m, bytes, ret))
		return;
	if (m->unknown_count)
		reply_error(t, m, TURN_UNKNOWN_ATTRIBUTE, ret);
	else if (m->type == TURN_ALLOCATE)
		allocate(t, now, m, standing, ret);
	else if (!t->expires)
		reply_error(t, m, TURN_MISMATCH, ret);
	else if (m->type == TURN_REFRESH)
		refresh(t, now, m, ret);
	else if (m->type == TURN_CREATE_PERMISSION)
		permit(t, now, m, ret);
	else if (m->type == TURN_CHANNEL_BIND)
		bind_channel(t, now, m, ret);
	else
		reply_error(t, m, TURN_BAD_REQUEST, ret);
}

/* ---- packets ---- */

static void take_packet(const struct turn *t, const struct turn_way *way, uint8_t *bytes, size_t n,
			struct turn_in *ret)
{
	ret->kind = TURN_IN_PACKET;
	ret->way = (unsigned)(way - t->ways);
	ret->bytes = bytes;
	ret->length = n;
}

static void take_channel(struct turn *t, uint64_t now, uint8_t *bytes, size_t n,
			 struct turn_in *ret)
{
	uint16_t channel;
	size_t length;
	const struct turn_way *way = NULL;

	if (turn_read_channel(bytes, n, &channel, &length))
		way = way_of_channel(t, now, channel);
	if (way && length)
		take_packet(t, way, bytes + TURN_CHANNEL_HEADER, length, ret);
	else
		t->dropped++;
}

/* A Send indication (RFC 8656 11.2): nobody is told what becomes of it. */
static void take_send(struct turn *t, uint64_t now, const struct turn_msg *m, uint8_t *bytes,
		      struct turn_in *ret)
{
	for (unsigned i = 0; m->peer_count == 1 && m->data_length && i < t->way_count; i++) {
		const struct turn_way *way = &t->ways[i];

		if (now < way->permitted_until && address_equal(way->address, &m->peers[0])) {
			take_packet(t, way, bytes + (m->data - bytes), m->data_length, ret);
			return;
		}
	}
	t->dropped++;
}

void turn_rx(struct turn *t, uint64_t now, const struct turn_standing *standing, uint8_t *bytes,
	     size_t n, struct turn_in *ret)
{
	struct turn_msg m;

	ret->kind = TURN_IN_NOTHING;
	ret->length = 0;
	if (turn_is_channel(bytes, n))
		take_channel(t, now, bytes, n, ret);
	else if (turn_parse(&m, bytes, n) != STUN_OK)
		ret->kind = TURN_IN_END; /* what it says next cannot be trusted either */
	else if (m.type == TURN_SEND)
		take_send(t, now, &m, bytes, ret);
	else if (is_request(m.type))
		request(t, now, &m, standing, bytes, ret);
}

size_t turn_wrap(struct turn *t, uint64_t now, unsigned way, size_t n,
		 uint8_t ret[TURN_DATA_HEAD_MAX], size_t *ret_pad)
{
	uint8_t tid[STUN_TID_LENGTH] = { 0 };

	if (way >= t->way_count || now >= t->ways[way].permitted_until) {
		t->dropped++;
		return 0;
	}
	const struct turn_way *w = &t->ways[way];
	bool bound = now < w->bound_until;
	if (!bound)
		rng_fill(t->server->rng, tid, sizeof tid);
	return turn_write_data_head(ret, bound ? w->channel : 0, w->address, tid, n, ret_pad);
}

/* ---- life ---- */

void turn_init(struct turn *t, const struct turn_server *server,
	       const struct sockaddr_storage *client, uint32_t number)
{
	*t = (struct turn){ .server = server, .client = *client };
	t->relayed.ss_family = AF_INET;
	address_set_port(&t->relayed, (uint16_t)(FIRST_PORT + number % PORTS));
}

void turn_fini(struct turn *t)
{
	hmac_sha1_wipe(&t->key);
}
