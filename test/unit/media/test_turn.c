/* SPDX-License-Identifier: Apache-2.0 */
/* The TURN server in virtual time: who may, what for, how long, and that it leads nowhere but to us (R54, R55). */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/address.h"
#include "base/clock.h"
#include "turn_request.h"

enum { WORKER = 3, NUMBER = 77 };

static const struct turn_standing there = { .present = true };

struct fixture {
	struct rng rng;
	struct sockaddr_storage addresses[3], client;
	struct turn_server server;
	struct turn turn;
	struct turn_credentials who;
	char nonce[64];
	uint64_t now;
	struct turn_in in;
	struct turn_msg answer; /* to the last request */
	uint8_t bytes[2000];
};

static struct sockaddr_storage at(const char *ip, uint16_t port)
{
	struct sockaddr_storage ret = { 0 };
	struct sockaddr_in *four = (void *)&ret;
	struct sockaddr_in6 *six = (void *)&ret;

	if (inet_pton(AF_INET, ip, &four->sin_addr) == 1) {
		four->sin_family = AF_INET;
		four->sin_port = htons(port);
	} else {
		assert_int_equal(inet_pton(AF_INET6, ip, &six->sin6_addr), 1);
		six->sin6_family = AF_INET6;
		six->sin6_port = htons(port);
	}
	return ret;
}

static void give_nonce(struct fixture *f)
{
	uint8_t greeting[STUN_MESSAGE_MAX];
	const struct turn_msg m = { .type = TURN_ALLOCATE, .has_transport = true, .transport = 17 };
	size_t n = turn_request(f->bytes, sizeof f->bytes, m, NULL, NULL);

	n = turn_greet(f->server.secret, f->now, &f->client, f->bytes, n, greeting);
	assert_true(n > 0 && n <= 120);
	turn_nonce_of(greeting, n, f->nonce);
}

static int setup(void **state)
{
	static struct fixture f;

	f = (struct fixture){ .now = 5000 * (uint64_t)US_PER_S };
	rng_seeded(&f.rng, 1);
	f.addresses[0] = at("203.0.113.7", 7885);
	f.addresses[1] = at("10.0.0.5", 7885);
	f.addresses[2] = at("2001:db8::7", 7885);
	f.client = at("198.51.100.9", 40000);
	f.server = (struct turn_server){
		.worker = WORKER, .addresses = f.addresses, .address_count = 3, .rng = &f.rng
	};
	rng_fill(&f.rng, f.server.secret, sizeof f.server.secret);
	turn_init(&f.turn, &f.server, &f.client, NUMBER);
	turn_credentials_make(f.server.secret, f.now, WORKER, "PA_abcdefghijkl", &f.who);
	give_nonce(&f);
	*state = &f;
	return 0;
}

/* Sends a request as `who`; the code of the answer, 0 = success, -1 = none. */
static int ask_as(struct fixture *f, struct turn_msg m, const struct turn_credentials *who,
		  const struct turn_standing *standing)
{
	size_t n = turn_request(f->bytes, sizeof f->bytes, m, who, f->nonce);

	turn_rx(&f->turn, f->now, standing, f->bytes, n, &f->in);
	f->answer = (struct turn_msg){ 0 };
	if (!f->in.length || f->in.kind == TURN_IN_PACKET)
		return -1;
	assert_ptr_equal(f->in.bytes, f->in.reply);
	assert_int_equal(turn_parse(&f->answer, f->in.reply, f->in.length), STUN_OK);
	assert_int_equal(f->answer.type, m.type | (f->answer.error_code ? 0x110 : 0x100));
	return f->answer.error_code;
}

static int ask(struct fixture *f, struct turn_msg m)
{
	return ask_as(f, m, &f->who, &there);
}

static const struct turn_msg an_allocate = { .type = TURN_ALLOCATE,
					     .has_transport = true,
					     .transport = TURN_UDP };

static int setup_allocated(void **state)
{
	setup(state);
	return ask(*state, an_allocate);
}

static struct turn_msg permission_for(struct sockaddr_storage peer)
{
	return (struct turn_msg){ .type = TURN_CREATE_PERMISSION,
				  .peer_count = 1,
				  .peers = { peer } };
}

static struct turn_msg binding_of(struct sockaddr_storage peer, uint16_t channel)
{
	return (struct turn_msg){ .type = TURN_CHANNEL_BIND,
				  .has_channel = true,
				  .channel = channel,
				  .peer_count = 1,
				  .peers = { peer } };
}

static void send_to(struct fixture *f, struct sockaddr_storage peer, const char *text)
{
	const struct turn_msg m = { .type = TURN_SEND,
				    .peer_count = 1,
				    .peers = { peer },
				    .data = (const uint8_t *)text,
				    .data_length = (uint16_t)strlen(text) };
	size_t n = turn_request(f->bytes, sizeof f->bytes, m, NULL, NULL);

	turn_rx(&f->turn, f->now, &there, f->bytes, n, &f->in);
}

static void send_channel(struct fixture *f, uint16_t channel, const char *text)
{
	size_t n = strlen(text);
	const uint8_t head[] = { (uint8_t)(channel >> 8), (uint8_t)channel, 0, (uint8_t)n };

	memcpy(f->bytes, head, 4);
	memcpy(f->bytes + 4, text, n);
	turn_rx(&f->turn, f->now, &there, f->bytes, (4 + n + 3) & ~(size_t)3, &f->in);
}

#define ASSERT_PACKET(f, text)                                          \
	do {                                                            \
		assert_int_equal((f)->in.kind, TURN_IN_PACKET);         \
		assert_int_equal((f)->in.length, strlen(text));         \
		assert_memory_equal((f)->in.bytes, text, strlen(text)); \
	} while (0)

static bool is_signed(const struct fixture *f)
{
	struct hmac_sha1_key key;
	uint8_t head[4], digest[SHA1_LENGTH];
	const struct hash_part parts[] = { { head, 4 },
					   { f->in.reply + 4, f->answer.integrity_at - 4u } };

	if (!f->answer.integrity_at)
		return false;
	turn_key(f->who.username, "confab", f->who.password, &key);
	turn_integrity_head(&f->answer, f->in.reply, head);
	hmac_sha1(&key, parts, 2, digest);
	return memcmp(digest, f->in.reply + f->answer.integrity_at + 4, SHA1_LENGTH) == 0;
}

static void test_an_allocation(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(ask_as(f, an_allocate, NULL, &there), 401);
	assert_int_equal(f->answer.realm.length, 6);
	assert_true(f->answer.nonce.length > 0 && !f->answer.integrity_at);
	assert_int_equal(f->turn.expires, 0);
	assert_int_equal(ask(f, an_allocate), 0);
	assert_true(is_signed(f));
	assert_true(address_equal(&f->answer.mapped, &f->client));
	struct sockaddr_storage relayed = at("203.0.113.7", 49152 + NUMBER);
	assert_true(address_equal(&f->answer.relayed, &relayed));
	assert_true(address_equal(&f->turn.relayed, &relayed));
	assert_int_equal(f->answer.lifetime, 600);
	assert_int_equal(ask(f, an_allocate), 437);
	assert_true(is_signed(f));
}

static void test_families(void **state)
{
	struct fixture *f = *state;
	struct turn_msg m = an_allocate;
	struct sockaddr_storage relayed = at("2001:db8::7", 49152 + NUMBER);

	m.has_family = true;
	m.family = 9;
	assert_int_equal(ask(f, m), 440);
	m.family = 2;
	assert_int_equal(ask(f, m), 0);
	assert_true(address_equal(&f->answer.relayed, &relayed));
	assert_int_equal(ask(f, permission_for(f->addresses[0])), 443);
	assert_int_equal(ask(f, permission_for(f->addresses[2])), 0);
	m.type = TURN_REFRESH;
	m.family = 1;
	assert_int_equal(ask(f, m), 443);
	/* nothing but IPv6 here: better that than nothing */
	f->server.addresses = f->addresses + 2;
	f->server.address_count = 1;
	turn_init(&f->turn, &f->server, &f->client, NUMBER);
	assert_int_equal(ask(f, an_allocate), 0);
	assert_true(address_equal(&f->answer.relayed, &relayed));
}

static void test_what_is_not_served(void **state)
{
	struct fixture *f = *state;
	struct turn_msg m = an_allocate;

	m.has_transport = false;
	assert_int_equal(ask(f, m), 400);
	m.has_transport = true;
	m.transport = 6; /* RFC 6062: TCP to peers */
	assert_int_equal(ask(f, m), 442);
	m = an_allocate;
	m.even_port = true;
	assert_int_equal(ask(f, m), 508);
	m.reservation = true;
	assert_int_equal(ask(f, m), 400);
	m = an_allocate;
	m.has_family = m.two_families = true;
	m.family = 1;
	assert_int_equal(ask(f, m), 400);
	assert_int_equal(ask(f, (struct turn_msg){ .type = TURN_REFRESH }), 437);
	assert_int_equal(ask(f, permission_for(f->addresses[0])), 437);
	assert_int_equal(ask(f, binding_of(f->addresses[0], 0x4000)), 437);
	assert_int_equal(f->turn.expires, 0);
	assert_int_equal(ask(f, an_allocate), 0);
	assert_int_equal(ask(f, (struct turn_msg){ .type = 0x000a /* Connect, RFC 6062 */ }), 400);
	assert_int_equal(ask(f, (struct turn_msg){ .type = TURN_CREATE_PERMISSION }), 400);
	m = (struct turn_msg){ .type = TURN_REFRESH };
	m.unknown_count = 1; /* written as UNKNOWN-ATTRIBUTES, which means nothing here */
	assert_int_equal(ask(f, m), 0);
}

static void test_an_unknown_attribute(void **state)
{
	struct fixture *f = *state;
	size_t n = turn_request(f->bytes, sizeof f->bytes, an_allocate, &f->who, f->nonce);
	struct hmac_sha1_key key;
	struct turn_msg m;

	/* REQUESTED-TRANSPORT, the fourth, becomes one that nobody knows; signed again */
	assert_int_equal(turn_parse(&m, f->bytes, n), STUN_OK);
	for (size_t i = 20; i < n; i += 4) {
		if (f->bytes[i] == 0 && f->bytes[i + 1] == 0x19)
			f->bytes[i] = 0x7f;
	}
	const struct hash_part part = { f->bytes, m.integrity_at };
	turn_key(f->who.username, "confab", f->who.password, &key);
	hmac_sha1(&key, &part, 1, f->bytes + m.integrity_at + 4);
	turn_rx(&f->turn, f->now, &there, f->bytes, n, &f->in);
	assert_int_equal(turn_parse(&f->answer, f->in.reply, f->in.length), STUN_OK);
	assert_int_equal(f->answer.error_code, 420);
	assert_int_equal(f->turn.expires, 0);
}

static void test_credentials(void **state)
{
	struct fixture *f = *state;
	struct turn_credentials who = f->who;
	const struct turn_standing gone = { 0 }, many = { true, TURN_ALLOCATIONS };

	who.password[3] ^= 1;
	assert_int_equal(ask_as(f, an_allocate, &who, &there), 401);
	who = f->who;
	who.username[strlen(who.username) - 1] ^= 1; /* another participant */
	assert_int_equal(ask_as(f, an_allocate, &who, &there), 401);
	turn_credentials_make(f->server.secret, f->now, WORKER + 1, "PA_abcdefghijkl", &who);
	assert_int_equal(ask_as(f, an_allocate, &who, &there), 401);
	f->turn.refusals = 0;
	assert_int_equal(ask_as(f, an_allocate, &f->who, &gone), 401);
	assert_int_equal(ask_as(f, an_allocate, &f->who, &many), 486);
	f->now += (TURN_CREDENTIAL_S + 1) * US_PER_S;
	assert_int_equal(ask(f, an_allocate), 401);
	assert_int_equal(f->turn.expires, 0);
	f->now -= 2 * US_PER_S;
	assert_int_equal(ask(f, an_allocate), 0);
	/* they serve an allocation that there is for as long as it lives */
	f->now += 500 * US_PER_S;
	assert_int_equal(ask(f, (struct turn_msg){ .type = TURN_REFRESH }), 0);
	assert_true(f->turn.expires == f->now + 600 * US_PER_S);
	turn_credentials_make(f->server.secret, f->now, WORKER, "PA_somebodyelse", &who);
	assert_int_equal(ask_as(f, (struct turn_msg){ .type = TURN_REFRESH }, &who, &there), 441);
	assert_string_equal(f->turn.claim.participant, "PA_abcdefghijkl");
}

static void test_names_that_are_not_ours(void **state)
{
	struct fixture *f = *state;
	static const char *const names[] = { "",
					     ":",
					     "x",
					     "1:3",
					     "1:3:",
					     "zz:3:PA_a",
					     "ffffffff:zz:PA_a",
					     "ffffffff:3:PA_longer_than_a_name_is" };
	struct turn_credentials who = f->who;

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		(void)snprintf(who.username, sizeof who.username, "%s", names[i]);
		f->turn.refusals = 0;
		int code = ask_as(f, an_allocate, &who, &there);
		assert_true(code == 401 || code == -1);
		assert_int_equal(f->turn.expires, 0);
	}
}

static void test_nonces(void **state)
{
	struct fixture *f = *state;
	char old[64];

	memcpy(old, f->nonce, sizeof old);
	f->nonce[1] ^= 1;
	assert_int_equal(ask(f, an_allocate), 438);
	assert_int_equal(f->answer.nonce.length, strlen(old));
	assert_int_equal(f->answer.realm.length, 6);
	f->client = at("198.51.100.9", 40001); /* another client's */
	give_nonce(f);
	assert_int_equal(ask(f, an_allocate), 438);
	memcpy(f->nonce, old, sizeof old);
	assert_int_equal(ask(f, an_allocate), 0);
	for (int i = 0; i < 10; i++) { /* an allocation of hours: a stale nonce is no offence */
		f->now += (TURN_NONCE_S + 1) * (uint64_t)US_PER_S;
		assert_int_equal(ask(f, (struct turn_msg){ .type = TURN_REFRESH }), 438);
		assert_int_equal(f->in.kind, TURN_IN_REPLY);
		turn_nonce_of(f->in.reply, f->in.length, f->nonce);
		assert_int_equal(ask(f, (struct turn_msg){ .type = TURN_REFRESH }), 0);
	}
}

static void test_strangers_are_sent_away(void **state)
{
	struct fixture *f = *state;

	for (int i = 1; i < TURN_REFUSALS; i++) {
		assert_int_equal(ask_as(f, an_allocate, NULL, &there), 401);
		assert_int_equal(f->in.kind, TURN_IN_REPLY);
	}
	assert_int_equal(ask_as(f, an_allocate, NULL, &there), 401);
	assert_int_equal(f->in.kind, TURN_IN_END);
	memset(f->bytes, 0, 40);
	turn_rx(&f->turn, f->now, &there, f->bytes, 40, &f->in);
	assert_int_equal(f->in.kind, TURN_IN_END);
	assert_int_equal(f->in.length, 0);
}

static void test_greeting(void **state)
{
	struct fixture *f = *state;
	uint8_t ret[STUN_MESSAGE_MAX];
	size_t n = turn_request(f->bytes, sizeof f->bytes, an_allocate, NULL, NULL);
	struct turn_claim claim;

	assert_false(turn_claim_of(f->bytes, n, &claim));
	assert_true(turn_greet(f->server.secret, f->now, &f->client, f->bytes, n, ret) > 0);
	assert_int_equal(turn_greet(f->server.secret, f->now, &f->client, f->bytes, n - 4, ret), 0);
	n = turn_request(f->bytes, sizeof f->bytes, (struct turn_msg){ .type = TURN_SEND }, NULL,
			 NULL);
	assert_int_equal(turn_greet(f->server.secret, f->now, &f->client, f->bytes, n, ret), 0);
	n = turn_request(f->bytes, sizeof f->bytes, (struct turn_msg){ .type = 0x0103 }, NULL,
			 NULL);
	assert_int_equal(turn_greet(f->server.secret, f->now, &f->client, f->bytes, n, ret), 0);
	memcpy(f->bytes, "\x40\x00\x00\x04....", 8);
	assert_int_equal(turn_greet(f->server.secret, f->now, &f->client, f->bytes, 8, ret), 0);
	n = turn_request(f->bytes, sizeof f->bytes, an_allocate, &f->who, f->nonce);
	assert_true(turn_claim_of(f->bytes, n, &claim));
	assert_int_equal(claim.worker, WORKER);
	assert_string_equal(claim.participant, "PA_abcdefghijkl");
}

static void test_packets(void **state)
{
	struct fixture *f = *state;
	uint8_t head[TURN_DATA_HEAD_MAX], message[200];
	struct turn_msg m;
	size_t pad, n;

	send_to(f, f->addresses[0], "too early");
	assert_int_equal(f->in.kind, TURN_IN_NOTHING);
	assert_int_equal(turn_wrap(&f->turn, f->now, 0, 100, head, &pad), 0);
	assert_int_equal(ask(f, permission_for(f->addresses[1])), 0);
	assert_int_equal(ask(f, permission_for(f->addresses[0])), 0);
	send_to(f, f->addresses[0], "first");
	ASSERT_PACKET(f, "first");
	assert_int_equal(f->in.way, 1);
	send_to(f, f->addresses[1], "second");
	ASSERT_PACKET(f, "second");
	assert_int_equal(f->in.way, 0);
	send_to(f, f->addresses[0], "");
	assert_int_equal(f->in.kind, TURN_IN_NOTHING);

	/* back, as a Data indication */
	n = turn_wrap(&f->turn, f->now, 1, 5, head, &pad);
	assert_true(n > 0 && pad == 3);
	memset(message, 0, sizeof message);
	memcpy(message, head, n);
	memcpy(message + n, "reply", 5);
	assert_int_equal(turn_parse(&m, message, n + 5 + pad), STUN_OK);
	assert_int_equal(m.type, TURN_DATA);
	assert_true(address_equal(&m.peers[0], &f->addresses[0]));
	assert_int_equal(m.data_length, 5);
	assert_memory_equal(m.data, "reply", 5);

	send_channel(f, 0x4001, "not bound");
	assert_int_equal(f->in.kind, TURN_IN_NOTHING);
	assert_int_equal(ask(f, binding_of(f->addresses[0], 0x4001)), 0);
	send_channel(f, 0x4001, "bound");
	ASSERT_PACKET(f, "bound");
	assert_int_equal(f->in.way, 1);
	assert_int_equal(turn_wrap(&f->turn, f->now, 1, 5, head, &pad), 4);
	assert_memory_equal(head, "\x40\x01\x00\x05", 4);
	assert_int_equal(pad, 3);
	memcpy(f->bytes, "\x40\x01\x00\xff....", 8); /* leaves its message */
	turn_rx(&f->turn, f->now, &there, f->bytes, 8, &f->in);
	assert_int_equal(f->in.kind, TURN_IN_NOTHING);
}

static void test_channels_are_one_to_one(void **state)
{
	struct fixture *f = *state;
	struct turn_msg two = binding_of(f->addresses[0], 0x4000);

	assert_int_equal(ask(f, binding_of(f->addresses[0], 0x3fff)), 400);
	assert_int_equal(ask(f, binding_of(f->addresses[0], 0x5000)), 400);
	two.peer_count = 2;
	two.peers[1] = f->addresses[1];
	assert_int_equal(ask(f, two), 400);
	assert_int_equal(ask(f, binding_of(f->addresses[0], 0x4000)), 0);
	assert_int_equal(ask(f, binding_of(f->addresses[0], 0x4000)), 0);
	assert_int_equal(ask(f, binding_of(f->addresses[0], 0x4001)), 400);
	assert_int_equal(ask(f, binding_of(f->addresses[1], 0x4000)), 400);
	assert_int_equal(ask(f, binding_of(f->addresses[1], 0x4fff)), 0);
}

static void test_time_runs_out(void **state)
{
	struct fixture *f = *state;
	uint8_t head[TURN_DATA_HEAD_MAX];
	size_t pad;

	assert_int_equal(ask(f, binding_of(f->addresses[0], 0x4000)), 0);
	f->now += 299 * US_PER_S;
	assert_int_equal(turn_wrap(&f->turn, f->now, 0, 9, head, &pad), 4);
	f->now += US_PER_S; /* the permission */
	assert_int_equal(turn_wrap(&f->turn, f->now, 0, 9, head, &pad), 0);
	send_to(f, f->addresses[0], "late");
	assert_int_equal(f->in.kind, TURN_IN_NOTHING);
	assert_int_equal(ask(f, permission_for(f->addresses[0])), 0);
	f->now += 299 * US_PER_S;
	send_channel(f, 0x4000, "still");
	ASSERT_PACKET(f, "still");
	f->now += US_PER_S; /* the channel */
	send_channel(f, 0x4000, "late");
	assert_int_equal(f->in.kind, TURN_IN_NOTHING);
	assert_true(f->now >= f->turn.expires);
}

static void test_refresh_ends_it(void **state)
{
	struct fixture *f = *state;
	struct turn_msg m = { .type = TURN_REFRESH, .has_lifetime = true, .lifetime = 3600 };

	assert_int_equal(ask(f, m), 0);
	assert_int_equal(f->answer.lifetime, 600);
	assert_int_equal(f->in.kind, TURN_IN_REPLY);
	m.lifetime = 0;
	assert_int_equal(ask(f, m), 0);
	assert_int_equal(f->answer.lifetime, 0);
	assert_int_equal(f->in.kind, TURN_IN_END);
}

/* What has opened other relays: RFC 6890 and its IPv6 kin, and IPv4 in every dress of IPv6. */
static const char *const elsewhere[] = {
	"127.0.0.1",
	"127.255.255.254",
	"0.0.0.0",
	"0.0.0.1",
	"255.255.255.255",
	"10.0.0.1",
	"10.0.0.4",
	"10.0.0.6",
	"10.255.255.255",
	"100.64.0.1",
	"169.254.169.254",
	"172.16.0.1",
	"172.31.255.255",
	"192.0.0.1",
	"192.0.2.1",
	"192.88.99.1",
	"192.168.0.1",
	"198.18.0.1",
	"198.51.100.9",
	"203.0.113.6",
	"203.0.113.8",
	"7.113.0.203",
	"224.0.0.1",
	"239.255.255.255",
	"240.0.0.1",
	"8.8.8.8",
	"::",
	"::1",
	"::2",
	"::127.0.0.1",
	"::10.0.0.5",
	"::203.0.113.7",
	"::ffff:127.0.0.1",
	"::ffff:0.0.0.0",
	"::ffff:10.0.0.5",
	"::ffff:203.0.113.7",
	"::ffff:169.254.169.254",
	"::ffff:0:127.0.0.1",
	"::ffff:0:203.0.113.7",
	"64:ff9b::127.0.0.1",
	"64:ff9b::10.0.0.5",
	"64:ff9b::203.0.113.7",
	"64:ff9b:1::7f00:1",
	"2002:7f00:1::",
	"2002:a00:5::",
	"2002:cb00:7107::",
	"2001::7f00:1",
	"2001:0:cb00:7107::",
	"2001:10::1",
	"2001:20::1",
	"2001:db8::",
	"2001:db8::1",
	"2001:db8::8",
	"2001:db8::7:7",
	"2001:db8:0:1::7",
	"100::1",
	"5f00::1",
	"3fff::1",
	"fc00::1",
	"fd00::1",
	"fe80::1",
	"fe80::203.0.113.7",
	"fec0::1",
	"ff01::1",
	"ff02::1",
	"ff0e::1",
	"fe80::5efe:127.0.0.1",
	"2001:db8::5efe:203.0.113.7",
	"2606:4700:4700::1111",
	"2a00:1450::8888",
};

/* Each of them as each family's allocation, by each method. */
static void test_nowhere_but_to_us(void **state)
{
	struct fixture *f = *state;
	struct turn_msg m = an_allocate;

	m.has_family = true;
	for (m.family = 1; m.family <= 2; m.family++) {
		turn_init(&f->turn, &f->server, &f->client, NUMBER);
		assert_int_equal(ask(f, m), 0);
		/* as much as may be is allowed, so that nothing is refused for want of it */
		assert_int_equal(ask(f, binding_of(f->addresses[m.family == 1 ? 0 : 2], 0x4000)),
				 0);
		for (size_t i = 0; i < sizeof elsewhere / sizeof *elsewhere; i++) {
			static const uint16_t ports[] = { 0, 22, 443, 7885, 65535 };

			for (size_t k = 0; k < 5; k++) {
				struct sockaddr_storage peer = at(elsewhere[i], ports[k]);
				int want = (peer.ss_family == AF_INET) == (m.family == 1) ? 403
											  : 443;

				assert_int_equal(ask(f, permission_for(peer)), want);
				assert_int_equal(ask(f, binding_of(peer, 0x4000)), want);
				assert_int_equal(ask(f, binding_of(peer, 0x4abc)), want);
				send_to(f, peer, "x");
				assert_int_equal(f->in.kind, TURN_IN_NOTHING);
			}
		}
		assert_int_equal(f->turn.way_count, 1);
	}
}

/* Our own machine, at other ports than media's. */
static void test_no_other_port_of_ours(void **state)
{
	struct fixture *f = *state;
	static const uint16_t ports[] = { 0, 22, 80, 443, 5432, 7881, 7882, 7884, 7886 };

	assert_int_equal(ask(f, permission_for(f->addresses[0])), 0);
	for (size_t i = 0; i < sizeof ports / sizeof *ports; i++) {
		struct sockaddr_storage peer = at("203.0.113.7", ports[i]);

		assert_int_equal(ask(f, permission_for(peer)), 0); /* permissions have no port */
		assert_int_equal(ask(f, binding_of(peer, 0x4000)), 403);
		send_to(f, peer, "x");
		assert_int_equal(f->in.kind, TURN_IN_NOTHING);
	}
}

static void test_all_or_none(void **state)
{
	struct fixture *f = *state;
	struct turn_msg m = permission_for(f->addresses[0]);

	m.peer_count = 2;
	m.peers[1] = at("8.8.8.8", 53);
	assert_int_equal(ask(f, m), 403);
	send_to(f, f->addresses[0], "x");
	assert_int_equal(f->in.kind, TURN_IN_NOTHING);
	m.peers[1] = f->addresses[1];
	assert_int_equal(ask(f, m), 0);
	send_to(f, f->addresses[1], "x");
	ASSERT_PACKET(f, "x");
}

#define TEST(name)	     cmocka_unit_test_setup(name, setup)
#define TEST_ALLOCATED(name) cmocka_unit_test_setup(name, setup_allocated)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_an_allocation),
		TEST(test_families),
		TEST(test_what_is_not_served),
		TEST(test_an_unknown_attribute),
		TEST(test_credentials),
		TEST(test_names_that_are_not_ours),
		TEST(test_nonces),
		TEST(test_strangers_are_sent_away),
		TEST(test_greeting),
		TEST_ALLOCATED(test_packets),
		TEST_ALLOCATED(test_channels_are_one_to_one),
		TEST_ALLOCATED(test_time_runs_out),
		TEST_ALLOCATED(test_refresh_ends_it),
		TEST(test_nowhere_but_to_us),
		TEST_ALLOCATED(test_no_other_port_of_ours),
		TEST_ALLOCATED(test_all_or_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
