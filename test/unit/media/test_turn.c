/* SPDX-License-Identifier: Apache-2.0 */
/* The TURN server in virtual time: who may have an allocation, and which (R55). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "turn_case.h"

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

/* RFC 8489 9.2.4: who leaves out what it was told is not told it again. */
static void test_a_request_without_a_nonce(void **state)
{
	struct fixture *f = *state;
	size_t n = turn_request(f->bytes, sizeof f->bytes, an_allocate, &f->who, NULL);

	turn_rx(&f->turn, f->now, &there, f->bytes, n, &f->in);
	assert_int_equal(f->in.kind, TURN_IN_REPLY);
	assert_int_equal(turn_parse(&f->answer, f->in.reply, f->in.length), STUN_OK);
	assert_int_equal(f->answer.error_code, 400);
	assert_null(f->answer.realm.p);
	assert_null(f->answer.nonce.p);
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

#define TEST(name) cmocka_unit_test_setup(name, setup)

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
		TEST(test_a_request_without_a_nonce),
		TEST(test_strangers_are_sent_away),
		TEST(test_greeting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
