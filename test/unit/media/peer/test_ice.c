/* SPDX-License-Identifier: Apache-2.0 */
/* The ICE-lite agent against hand-made checks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/path.h"
#include "base/wr.h"
#include "crypt/hash.h"
#include "media/peer/ice.h"
#include "peer_address.h"
#include "wire/stun.h"

static const char REMOTE_UFRAG[] = "peer", REMOTE_PWD[] = "peerpeerpeerpeerpeerpeer";

struct check {
	const char *local, *remote, *pwd; /* NULL pwd: no MESSAGE-INTEGRITY */
	enum stun_role role;
	bool use_candidate;
	uint16_t unknown; /* a comprehension-required attribute to put in */
};

struct fixture {
	struct rng rng;
	struct outbox outbox;
	struct ice ice;
};

static int setup(void **state)
{
	static struct fixture f;

	rng_seeded(&f.rng, 1);
	outbox_init(&f.outbox);
	ice_init(&f.ice, &f.rng, "w1x", NULL);
	assert_int_equal(ice_set_remote(&f.ice, REMOTE_UFRAG, REMOTE_PWD), 0);
	*state = &f;
	return 0;
}

static struct check good(const struct fixture *f)
{
	return (struct check){ .local = f->ice.current.ufrag,
			       .remote = REMOTE_UFRAG,
			       .pwd = f->ice.current.pwd,
			       .role = STUN_ROLE_CONTROLLING };
}

static void sign(struct stun_out *out, const char *pwd)
{
	struct hmac_sha1_key key;
	const struct hash_part part = { out->bytes, out->hash_length };

	hmac_sha1_init(&key, pwd, strlen(pwd));
	hmac_sha1(&key, &part, 1, out->hmac);
	assert_int_equal(stun_finish(out), 0);
}

/* An attribute put in front of all others, behind the header. */
static size_t insert_attribute(uint8_t *bytes, size_t n, uint16_t type)
{
	memmove(bytes + 24, bytes + 20, n - 20);
	put_be16(bytes + 20, type);
	put_be16(bytes + 22, 0);
	put_be16(bytes + 2, (uint16_t)(n - 20 + 4));
	return n + 4;
}

static size_t make_check(const struct check *c, uint8_t *bytes, size_t capacity)
{
	char username[600];
	struct stun_out out;

	(void)snprintf(username, sizeof username, "%s:%s", c->local, c->remote);
	const struct stun_request request = { .tid = "abcdefghijkl",
					      .username = username,
					      .username_length = strlen(username),
					      .priority = 1,
					      .role = c->role,
					      .tie_breaker = 99,
					      .use_candidate = c->use_candidate };
	assert_int_equal(stun_write_request(&out, bytes, capacity, &request), 0);
	if (c->unknown) {
		out.length = insert_attribute(bytes, out.length, c->unknown);
		out.hash_length += 4;
		out.hmac += 4;
	}
	sign(&out, c->pwd);
	return out.length;
}

static enum verdict rx(struct fixture *f, uint64_t now, uint16_t port, const struct check *c,
		       struct ice_in *ret)
{
	uint8_t bytes[STUN_MESSAGE_MAX];
	struct path from = address(port);
	struct ice_in ignored;
	size_t n = make_check(c, bytes, sizeof bytes);

	return ice_rx(&f->ice, now, &from, bytes, n, &f->outbox, ret ? ret : &ignored);
}

/* Takes the one answer out and checks that it is signed with our password. */
static struct stun_msg answer(struct fixture *f, uint16_t port, const char *pwd)
{
	const struct outbox_datagram *d = outbox_take(&f->outbox);
	struct path to = address(port);
	struct stun_msg m;
	uint8_t input[1500], expected[SHA1_LENGTH];
	struct hmac_sha1_key key;

	assert_non_null(d);
	assert_true(path_equal(&d->to, &to));
	assert_int_equal(stun_parse(&m, d->bytes, d->length), STUN_OK);
	assert_true(m.has_fingerprint);
	const struct hash_part part = { input, stun_integrity_input(&m, d->bytes, input, 1500) };
	assert_true(part.length > 0);
	hmac_sha1_init(&key, pwd, strlen(pwd));
	hmac_sha1(&key, &part, 1, expected);
	assert_memory_equal(expected, stun_integrity(&m, d->bytes), SHA1_LENGTH);
	assert_memory_equal(m.tid, "abcdefghijkl", 12);
	assert_null(outbox_take(&f->outbox));
	return m;
}

static void test_credentials(void **state)
{
	struct fixture *f = *state;
	char long_text[300];

	assert_int_equal(strlen(f->ice.current.ufrag), ICE_LOCAL_UFRAG);
	assert_int_equal(strlen(f->ice.current.pwd), ICE_LOCAL_PWD);
	assert_memory_equal(f->ice.current.ufrag, "w1x", 3);
	memset(long_text, 'a', sizeof long_text);
	long_text[257] = '\0';
	assert_int_equal(ice_set_remote(&f->ice, "abc", REMOTE_PWD), -EINVAL);
	assert_int_equal(ice_set_remote(&f->ice, long_text, REMOTE_PWD), -EINVAL);
	assert_int_equal(ice_set_remote(&f->ice, "a:cd", REMOTE_PWD), -EINVAL);
	assert_int_equal(ice_set_remote(&f->ice, "abcd", "short"), -EINVAL);
	assert_int_equal(ice_set_remote(&f->ice, "abcd", long_text), -EINVAL);
	assert_string_equal(f->ice.current.remote_ufrag, REMOTE_UFRAG); /* untouched */
	long_text[256] = '\0';
	assert_int_equal(ice_set_remote(&f->ice, long_text, long_text), 0);
}

static void test_check_is_answered(void **state)
{
	struct fixture *f = *state;
	struct check c = good(f);
	struct path from = address(1000);
	struct ice_in in;

	assert_false(ice_is_validated(&f->ice, &from));
	assert_int_equal(rx(f, 5, 1000, &c, &in), V_OK);
	assert_true(in.learned && !in.forgot);
	struct stun_msg m = answer(f, 1000, c.pwd);
	assert_int_equal(m.type, STUN_BINDING_SUCCESS);
	assert_true(m.has_mapped && address_equal(&m.mapped, &from.address));
	assert_true(ice_is_validated(&f->ice, &from));
	assert_true(path_equal(&f->ice.selected, &from));
	assert_false(f->ice.nominated);
	assert_int_equal(rx(f, 6, 1000, &c, &in), V_OK);
	assert_false(in.learned);
}

/* R40: nothing is sent and nothing learned for those who do not know the password. */
static void test_strangers(void **state)
{
	struct fixture *f = *state;
	struct path from = address(1000);
	struct ice_in in;
	struct check c = good(f);
	uint8_t bytes[STUN_MESSAGE_MAX];

	c.pwd = "wrongwrongwrongwrongwrong";
	assert_int_equal(rx(f, 1, 1000, &c, NULL), V_DROP_INTEGRITY);
	c = good(f);
	c.local = "w1xNotOursAtAll0";
	assert_int_equal(rx(f, 1, 1000, &c, NULL), V_DROP_UFRAG);
	c.local = "w1x"; /* a prefix of ours */
	assert_int_equal(rx(f, 1, 1000, &c, NULL), V_DROP_UFRAG);
	c = good(f);
	c.remote = "else";
	assert_int_equal(rx(f, 1, 1000, &c, NULL), V_DROP_UFRAG);

	/* cut at every byte; every bit flipped */
	c = good(f);
	size_t n = make_check(&c, bytes, sizeof bytes);
	for (size_t i = 0; i < n; i++)
		assert_int_not_equal(ice_rx(&f->ice, 1, &from, bytes, i, &f->outbox, &in), V_OK);
	for (size_t bit = 0; bit < n * 8; bit++) {
		bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_not_equal(ice_rx(&f->ice, 1, &from, bytes, n, &f->outbox, &in), V_OK);
		bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	/* without FINGERPRINT: its 8 bytes cut off and the length mended */
	put_be16(bytes + 2, (uint16_t)(n - 20 - 8));
	assert_int_equal(ice_rx(&f->ice, 1, &from, bytes, n - 8, &f->outbox, &in), V_DROP_STUN);
	/* answers to questions never asked */
	struct stun_out out;
	assert_int_equal(stun_write_success(&out, bytes, sizeof bytes,
					    (const uint8_t *)"abcdefghijkl", &from.address),
			 0);
	sign(&out, f->ice.current.pwd);
	assert_int_equal(ice_rx(&f->ice, 1, &from, bytes, out.length, &f->outbox, &in),
			 V_DROP_STUN);

	assert_null(outbox_take(&f->outbox));
	assert_int_equal(f->ice.address_count, 0);
	assert_int_equal(f->ice.selected.address.ss_family, 0);
	assert_int_equal(f->ice.last_seen_us, 0);
}

/* Before the peer's SDP came, its checks may: any remote half of USERNAME is taken. */
static void test_early_check(void **state)
{
	struct fixture *f = *state;
	struct check c;

	ice_init(&f->ice, &f->rng, "", NULL);
	c = good(f);
	c.remote = "notknownyet";
	assert_int_equal(rx(f, 1, 1000, &c, NULL), V_OK);
	(void)answer(f, 1000, c.pwd);
}

static void test_role_conflict(void **state)
{
	struct fixture *f = *state;
	struct check c = good(f);

	c.role = STUN_ROLE_CONTROLLED;
	c.use_candidate = true;
	assert_int_equal(rx(f, 1, 1000, &c, NULL), V_OK);
	struct stun_msg m = answer(f, 1000, c.pwd);
	assert_int_equal(m.type, STUN_BINDING_ERROR);
	assert_int_equal(m.error_code, STUN_ROLE_CONFLICT);
	assert_int_equal(f->ice.address_count, 0);
}

static void test_unknown_attribute(void **state)
{
	struct fixture *f = *state;
	struct check c = good(f);

	c.unknown = 0x7fee;
	assert_int_equal(rx(f, 1, 1000, &c, NULL), V_OK);
	struct stun_msg m = answer(f, 1000, c.pwd);
	assert_int_equal(m.error_code, STUN_UNKNOWN_ATTRIBUTE);
	assert_int_equal(f->ice.address_count, 0);
}

static bool selected(const struct fixture *f, uint16_t port)
{
	struct path a = address(port);

	return path_equal(&f->ice.selected, &a);
}

/* Nomination at any time and as often as the peer likes; checks on all pairs stay answered. */
static void test_nomination(void **state)
{
	struct fixture *f = *state;
	struct check plain = good(f), nominating = good(f);

	nominating.use_candidate = true;
	assert_int_equal(rx(f, 1, 1000, &plain, NULL), V_OK);
	assert_int_equal(rx(f, 2, 2000, &plain, NULL), V_OK);
	assert_true(selected(f, 2000)); /* nothing nominated: follows the checks */
	assert_int_equal(rx(f, 3, 1000, &nominating, NULL), V_OK);
	assert_true(selected(f, 1000) && f->ice.nominated);
	assert_int_equal(rx(f, 4, 2000, &plain, NULL), V_OK);
	assert_true(selected(f, 1000)); /* a plain check moves nothing now */
	assert_int_equal(rx(f, 5, 2000, &nominating, NULL), V_OK);
	assert_true(selected(f, 2000));
	assert_int_equal(rx(f, 6, 3000, &nominating, NULL), V_OK); /* never seen before */
	assert_true(selected(f, 3000));
	for (int i = 0; i < 6; i++)
		assert_non_null(outbox_take(&f->outbox));
	assert_null(outbox_take(&f->outbox));
}

/* The table of addresses is bounded; where media goes is never pushed out. */
static void test_address_table(void **state)
{
	struct fixture *f = *state;
	struct check plain = good(f), nominating = good(f);
	struct ice_in in;
	struct path first = address(1000), second = address(1001);

	nominating.use_candidate = true;
	assert_int_equal(rx(f, 1, 1000, &nominating, &in), V_OK);
	for (uint16_t i = 1; i < ICE_ADDRESSES; i++)
		assert_int_equal(rx(f, 1u + i, (uint16_t)(1000 + i), &plain, &in), V_OK);
	assert_false(in.forgot);
	assert_int_equal(rx(f, 100, 5000, &plain, &in), V_OK);
	assert_true(in.learned && in.forgot);
	assert_true(path_equal(&in.forgotten, &second)); /* the idlest but the selected */
	assert_true(ice_is_validated(&f->ice, &first));
	assert_false(ice_is_validated(&f->ice, &second));
	assert_int_equal(f->ice.address_count, ICE_ADDRESSES);
}

/* Without a check from where media goes to: any authenticated one moves it; see ice.h. */
static void test_a_silent_address_is_left(void **state)
{
	struct fixture *f = *state;
	struct check plain = good(f), nominating = good(f);

	nominating.use_candidate = true;
	assert_int_equal(rx(f, 1, 1000, &nominating, NULL), V_OK);
	assert_int_equal(rx(f, 1 + ICE_QUIET_US, 2000, &plain, NULL), V_OK);
	assert_true(selected(f, 1000));
	assert_int_equal(rx(f, 2 + ICE_QUIET_US, 2000, &plain, NULL), V_OK);
	assert_true(selected(f, 2000));
}

/* A TCP connection ends: media goes to the path that checked last, or nowhere. */
static void test_forget(void **state)
{
	struct fixture *f = *state;
	struct check plain = good(f), nominating = good(f);
	struct path first = address(1000), second = address(1001), third = address(1002);

	nominating.use_candidate = true;
	assert_int_equal(rx(f, 1, 1000, &nominating, NULL), V_OK);
	assert_int_equal(rx(f, 3, 1002, &plain, NULL), V_OK);
	assert_int_equal(rx(f, 2, 1001, &plain, NULL), V_OK);
	ice_forget(&f->ice, &second);
	assert_true(selected(f, 1000));
	ice_forget(&f->ice, &second); /* again is harmless */
	ice_forget(&f->ice, &first);
	assert_true(selected(f, 1002));
	assert_false(ice_is_validated(&f->ice, &first));
	ice_forget(&f->ice, &third);
	assert_true(path_none(&f->ice.selected));
	assert_false(ice_may_send(&f->ice, 4));
	assert_int_equal(rx(f, 5, 1001, &plain, NULL), V_OK);
	assert_true(selected(f, 1001));
	/* the same address over TCP is another path */
	second.connection = 9;
	assert_false(ice_is_validated(&f->ice, &second));
}

static void test_consent(void **state)
{
	struct fixture *f = *state;
	struct check c = good(f);
	const uint64_t t = 1000000;

	assert_false(ice_may_send(&f->ice, t));
	assert_int_equal(rx(f, t, 1000, &c, NULL), V_OK);
	assert_true(ice_may_send(&f->ice, t + ICE_PAUSE_US - 1));
	assert_false(ice_may_send(&f->ice, t + ICE_PAUSE_US));
	assert_int_equal(rx(f, t + ICE_PAUSE_US + 5, 1000, &c, NULL), V_OK); /* back at once */
	assert_true(ice_may_send(&f->ice, t + ICE_PAUSE_US + 6));
	c.pwd = "wrongwrongwrongwrongwrong";
	assert_int_equal(rx(f, t + 2 * ICE_PAUSE_US + 4, 1000, &c, NULL), V_DROP_INTEGRITY);
	assert_false(ice_may_send(&f->ice, t + 2 * ICE_PAUSE_US + 5));
}

static void test_restart(void **state)
{
	struct fixture *f = *state;
	struct ice_credentials old = f->ice.current;
	struct check before = { .local = old.ufrag,
				.remote = REMOTE_UFRAG,
				.pwd = old.pwd,
				.role = STUN_ROLE_CONTROLLING,
				.use_candidate = true };

	assert_int_equal(rx(f, 1, 1000, &before, NULL), V_OK);
	(void)answer(f, 1000, old.pwd);
	ice_restart(&f->ice, &f->rng);
	assert_string_not_equal(f->ice.current.ufrag, old.ufrag);
	assert_string_not_equal(f->ice.current.pwd, old.pwd);
	assert_true(ice_has_ufrag(&f->ice, old.ufrag));
	assert_true(ice_has_ufrag(&f->ice, f->ice.current.ufrag));
	assert_int_equal(ice_set_remote(&f->ice, "next", "nextnextnextnextnextnext"), 0);
	/* the old still serve, with the peer's old name */
	assert_int_equal(rx(f, 2, 1000, &before, NULL), V_OK);
	(void)answer(f, 1000, old.pwd);
	struct check after = good(f);
	assert_int_equal(rx(f, 3, 2000, &after, NULL), V_DROP_UFRAG);
	after.remote = "next";
	after.use_candidate = true;
	assert_int_equal(rx(f, 4, 2000, &after, NULL), V_OK);
	(void)answer(f, 2000, after.pwd);
	assert_true(selected(f, 2000));
	/* from now on the old are void */
	assert_false(ice_has_ufrag(&f->ice, old.ufrag));
	assert_int_equal(rx(f, 5, 1000, &before, NULL), V_DROP_UFRAG);
	assert_null(outbox_take(&f->outbox));
}

static void test_ufrag_of(void **state)
{
	struct fixture *f = *state;
	struct check c = good(f);
	uint8_t bytes[STUN_MESSAGE_MAX];
	char ufrag[ICE_LOCAL_UFRAG + 1];
	size_t n = make_check(&c, bytes, sizeof bytes);

	assert_true(ice_ufrag_of(bytes, n, ufrag));
	assert_string_equal(ufrag, f->ice.current.ufrag);
	assert_false(ice_ufrag_of(bytes, n - 1, ufrag));
	assert_false(ice_ufrag_of((const uint8_t *)"\x80garbage", 8, ufrag));
	c.local = "longerthanweevermakethem";
	n = make_check(&c, bytes, sizeof bytes);
	assert_false(ice_ufrag_of(bytes, n, ufrag));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_credentials, setup),
		cmocka_unit_test_setup(test_check_is_answered, setup),
		cmocka_unit_test_setup(test_strangers, setup),
		cmocka_unit_test_setup(test_early_check, setup),
		cmocka_unit_test_setup(test_role_conflict, setup),
		cmocka_unit_test_setup(test_unknown_attribute, setup),
		cmocka_unit_test_setup(test_nomination, setup),
		cmocka_unit_test_setup(test_a_silent_address_is_left, setup),
		cmocka_unit_test_setup(test_forget, setup),
		cmocka_unit_test_setup(test_address_table, setup),
		cmocka_unit_test_setup(test_consent, setup),
		cmocka_unit_test_setup(test_restart, setup),
		cmocka_unit_test_setup(test_ufrag_of, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
