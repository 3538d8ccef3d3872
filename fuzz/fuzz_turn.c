/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TURN: whatever parses is written again with the same meaning; and a server that gets any messages, some of them with the
 * right credentials, leads to our addresses only. Input: messages, each {how, length, attributes or the whole}; how: 1 = signed, of type
 * how >> 4; 2 = by somebody else; 4 = some time later.
 */
#include <assert.h>
#include <string.h>

#include "base/address.h"
#include "base/clock.h"
#include "base/wr.h"
#include "turn_request.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static bool text_equal(const struct turn_text *a, const struct turn_text *b)
{
	return a->length == b->length && memcmp(a->p ? a->p : "", b->p ? b->p : "", a->length) == 0;
}

static void check_round_trip(const uint8_t *bytes, size_t n)
{
	static uint8_t again[128 * 1024];
	struct turn_msg a, b;
	struct stun_out out;

	if (turn_parse(&a, bytes, n) != STUN_OK ||
	    turn_write(&out, again, sizeof again, &a, false) < 0 || out.length > UINT16_MAX)
		return;
	assert(turn_parse(&b, again, out.length) == STUN_OK);
	assert(a.type == b.type && memcmp(a.tid, b.tid, sizeof a.tid) == 0);
	assert(text_equal(&a.username, &b.username) && text_equal(&a.realm, &b.realm) &&
	       text_equal(&a.nonce, &b.nonce));
	assert(a.lifetime == b.lifetime && a.channel == b.channel && a.transport == b.transport &&
	       a.family == b.family);
	assert(a.peer_count == b.peer_count && memcmp(a.peers, b.peers, sizeof a.peers) == 0);
	assert(memcmp(&a.relayed, &b.relayed, sizeof a.relayed) == 0 &&
	       memcmp(&a.mapped, &b.mapped, sizeof a.mapped) == 0);
	assert(a.data_length == b.data_length &&
	       (!a.data_length || memcmp(a.data, b.data, a.data_length) == 0));
	assert(a.error_code == b.error_code);
}

/* A request of these attributes, with credentials: as far as they fit. */
static size_t sign(uint8_t *ret, uint16_t type, const uint8_t *bytes, size_t n,
		   const struct turn_credentials *who, const char *nonce, bool good)
{
	const struct turn_msg m = { .type = type };
	size_t base = turn_request(ret, 400, m, who, nonce), extra = n & ~(size_t)3;
	struct hmac_sha1_key key;

	assert(base >= 20);
	memmove(ret + 20 + extra, ret + 20, base - 20);
	memcpy(ret + 20, bytes, extra);
	put_be16(ret + 2, (uint16_t)(base + extra - 20));
	const struct hash_part part = { ret, base + extra - 24 };
	turn_key(who->username, "confab", who->password, &key);
	hmac_sha1(&key, &part, 1, ret + base + extra - 20);
	ret[base + extra - 1] ^= !good;
	return base + extra;
}

static void check_server(const uint8_t *bytes, size_t n)
{
	struct sockaddr_storage addresses[2] = { 0 }, client = { 0 };
	struct sockaddr_in *four = (void *)&addresses[0], *from = (void *)&client;
	struct sockaddr_in6 *six = (void *)&addresses[1];
	struct turn_server server = { .worker = 1, .addresses = addresses, .address_count = 2 };
	struct turn_standing standing = { .present = true };
	struct turn_credentials who;
	struct turn_in in;
	struct turn t;
	struct rng rng;
	char nonce[64];
	uint8_t message[1024], greeting[STUN_MESSAGE_MAX];
	uint64_t now = 1000 * US_PER_S;
	size_t pad;

	four->sin_family = from->sin_family = AF_INET;
	four->sin_port = from->sin_port = htons(7882);
	four->sin_addr.s_addr = htonl(0xcb007107);
	from->sin_addr.s_addr = htonl(0xc6336409);
	six->sin6_family = AF_INET6;
	six->sin6_addr.s6_addr[15] = 7;
	rng_seeded(&rng, 1);
	server.rng = &rng;
	turn_init(&t, &server, &client, 1);
	turn_credentials_make(server.secret, now, 1, "PA_a", &who);
	size_t length = turn_request(message, sizeof message, (struct turn_msg){ .type = 3 }, NULL,
				     NULL);
	turn_nonce_of(greeting, turn_greet(server.secret, now, &client, message, length, greeting),
		      nonce);
	for (bool authentic = false; n >= 2;) {
		uint8_t how = bytes[0];
		size_t size = bytes[1] < n - 2 ? bytes[1] : n - 2;

		if (how & 1) {
			authentic |= !(how & 2);
			length = sign(message, how >> 4, bytes + 2, size, &who, nonce, !(how & 2));
		} else {
			memcpy(message, bytes + 2, length = size);
		}
		now += how & 4 ? 100 * US_PER_S : 0;
		turn_rx(&t, now, &standing, message, length, &in);
		assert(authentic || (!t.expires && in.kind != TURN_IN_PACKET));
		assert(t.way_count <= TURN_WAYS);
		for (unsigned i = 0; i < t.way_count; i++)
			assert(t.ways[i].address == &addresses[0] ||
			       t.ways[i].address == &addresses[1]);
		if (in.kind == TURN_IN_PACKET) {
			assert(in.way < t.way_count && in.length > 0);
			assert(in.bytes >= message && in.bytes + in.length <= message + length);
			assert(turn_wrap(&t, now, in.way, in.length, greeting, &pad) <=
			       TURN_DATA_HEAD_MAX);
		} else if (in.length) {
			struct turn_msg m;
			assert(turn_parse(&m, in.reply, in.length) == STUN_OK);
		}
		if (in.kind == TURN_IN_END)
			return;
		bytes += 2 + size;
		n -= 2 + size;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	uint16_t channel;
	size_t length;

	check_round_trip(bytes, n);
	if (turn_read_channel(bytes, n, &channel, &length))
		assert(length + TURN_CHANNEL_HEADER <= n);
	check_server(bytes, n);
	return 0;
}
