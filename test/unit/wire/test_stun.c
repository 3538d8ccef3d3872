/* SPDX-License-Identifier: Apache-2.0 */
/* STUN against the vectors of RFC 5769, our own messages read back, and broken ones. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <openssl/hmac.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "base/limits.h"
#include "vectors.h"
#include "wire/stun.h"

#include <cmocka.h>

static const char password[] = "VOkJxbRl1RmTxUk/WvJxBt";

static void hmac(const void *bytes, size_t n, uint8_t ret[20])
{
	assert_non_null(HMAC(EVP_sha1(), password, sizeof password - 1, bytes, n, ret, NULL));
}

static bool integrity_is_right(const struct stun_msg *m, const uint8_t *bytes)
{
	uint8_t input[LIMIT_DATAGRAM], want[20];
	size_t n = stun_integrity_input(m, bytes, input, sizeof input);

	assert_true(n > 0);
	hmac(input, n, want);
	return memcmp(want, stun_integrity(m, bytes), sizeof want) == 0;
}

static void finish(struct stun_out *out)
{
	if (out->hmac)
		hmac(out->bytes, out->hash_length, out->hmac);
	assert_int_equal(stun_finish(out), 0);
}

static void request_of_rfc5769(void **state)
{
	(void)state;
	size_t n, ufrag_length;
	autofree uint8_t *bytes = vector_read("stun/rfc5769-2.1-request.bin", &n);
	struct stun_msg m;

	assert_int_equal(stun_parse(&m, bytes, n), STUN_OK);
	assert_int_equal(m.type, STUN_BINDING_REQUEST);
	assert_int_equal(m.username_length, 9);
	assert_memory_equal(m.username, "evtj:h6vY", 9);
	assert_memory_equal(stun_local_ufrag(&m, &ufrag_length), "evtj", 4);
	assert_int_equal(ufrag_length, 4);
	assert_true(m.has_priority && m.has_fingerprint && !m.use_candidate);
	assert_int_equal(m.priority, 0x6e0001ff);
	assert_int_equal(m.role, STUN_ROLE_CONTROLLED);
	assert_true(m.tie_breaker == 0x932ff9b151263b36u);
	assert_int_equal(m.unknown_count, 0);
	assert_true(integrity_is_right(&m, bytes));
}

static void responses_of_rfc5769(void **state)
{
	(void)state;
	size_t n;
	autofree uint8_t *v4 = vector_read("stun/rfc5769-2.2-ipv4-response.bin", &n);
	struct stun_msg m;
	struct sockaddr_in in4;
	struct sockaddr_in6 in6;
	char text[INET6_ADDRSTRLEN];

	assert_int_equal(stun_parse(&m, v4, n), STUN_OK);
	memcpy(&in4, &m.mapped, sizeof in4);
	assert_int_equal(in4.sin_family, AF_INET);
	assert_int_equal(ntohs(in4.sin_port), 32853);
	assert_string_equal(inet_ntop(AF_INET, &in4.sin_addr, text, sizeof text), "192.0.2.1");
	assert_true(integrity_is_right(&m, v4));

	autofree uint8_t *v6 = vector_read("stun/rfc5769-2.3-ipv6-response.bin", &n);
	assert_int_equal(stun_parse(&m, v6, n), STUN_OK);
	memcpy(&in6, &m.mapped, sizeof in6);
	assert_int_equal(in6.sin6_family, AF_INET6);
	assert_int_equal(ntohs(in6.sin6_port), 32853);
	assert_string_equal(inet_ntop(AF_INET6, &in6.sin6_addr, text, sizeof text),
			    "2001:db8:1234:5678:11:2233:4455:6677");
	assert_true(integrity_is_right(&m, v6));
}

static void prefixes_and_flips_fail(void **state)
{
	(void)state;
	static const char *const names[] = { "stun/rfc5769-2.1-request.bin",
					     "stun/rfc5769-2.2-ipv4-response.bin",
					     "stun/rfc5769-2.3-ipv6-response.bin" };

	for (size_t i = 0; i < countof(names); i++) {
		size_t n;
		autofree uint8_t *bytes = vector_read(names[i], &n);
		struct stun_msg m;

		for (size_t length = 0; length < n; length++) {
			autofree uint8_t *prefix = exact_copy(bytes, length);

			assert_int_not_equal(stun_parse(&m, prefix, length), STUN_OK);
		}
		uint8_t longer[256] = { 0 }; /* and a rest after the message */
		memcpy(longer, bytes, n);
		assert_int_equal(stun_parse(&m, longer, n + 4), STUN_SHORT);
		/* A changed bit is found, or a changed length hides FINGERPRINT itself. */
		for (size_t bit = 0; bit < n * 8; bit++) {
			bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
			if (stun_parse(&m, bytes, n) == STUN_OK)
				assert_false(m.has_fingerprint);
			bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
		assert_int_equal(stun_parse(&m, bytes, n), STUN_OK);
	}
}

static void request_reads_back(void **state)
{
	(void)state;
	struct stun_request request = {
		.tid = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 },
		.username = "abcd:wxyz12",
		.username_length = 11,
		.priority = 0x6e7f1eff,
		.role = STUN_ROLE_CONTROLLING,
		.tie_breaker = 0x0123456789abcdef,
		.use_candidate = true,
	};
	uint8_t bytes[STUN_MESSAGE_MAX];
	struct stun_out out;
	struct stun_msg m;

	assert_int_equal(stun_write_request(&out, bytes, sizeof bytes, &request), 0);
	finish(&out);
	autofree uint8_t *copy = exact_copy(out.bytes, out.length);
	assert_int_equal(stun_parse(&m, copy, out.length), STUN_OK);
	assert_int_equal(m.type, STUN_BINDING_REQUEST);
	assert_memory_equal(m.tid, request.tid, sizeof m.tid);
	assert_int_equal(m.username_length, 11);
	assert_memory_equal(m.username, request.username, 11);
	assert_true(m.use_candidate && m.has_priority && m.has_fingerprint);
	assert_int_equal(m.priority, request.priority);
	assert_int_equal(m.role, STUN_ROLE_CONTROLLING);
	assert_true(m.tie_breaker == request.tie_breaker);
	assert_true(integrity_is_right(&m, copy));

	/* The longest message fits, every smaller buffer says so and is not overrun. */
	static char longest[STUN_USERNAME_MAX];
	memset(longest, 'u', sizeof longest);
	request.username = longest;
	request.username_length = sizeof longest;
	assert_int_equal(stun_write_request(&out, bytes, sizeof bytes, &request), 0);
	finish(&out);
	size_t full = out.length;
	for (size_t capacity = 0; capacity < full; capacity++) {
		autofree uint8_t *small = malloc(capacity ? capacity : 1);
		int r = stun_write_request(&out, small, capacity, &request);

		assert_int_equal(r ? r : stun_finish(&out), -ENOBUFS);
	}
	request.username_length++;
	assert_int_equal(stun_write_request(&out, bytes, sizeof bytes, &request), -EINVAL);
}

static void responses_read_back(void **state)
{
	(void)state;
	struct sockaddr_in in4 = { .sin_family = AF_INET, .sin_port = htons(32853) };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6, .sin6_port = htons(32853) };
	struct sockaddr_storage addresses[2] = { 0 };
	uint8_t tid[STUN_TID_LENGTH] = { 0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34,
					 0xd6, 0x86, 0xfa, 0x87, 0xdf, 0xae };

	assert_int_equal(inet_pton(AF_INET, "192.0.2.1", &in4.sin_addr), 1);
	assert_int_equal(
		inet_pton(AF_INET6, "2001:db8:1234:5678:11:2233:4455:6677", &in6.sin6_addr), 1);
	memcpy(&addresses[0], &in4, sizeof in4);
	memcpy(&addresses[1], &in6, sizeof in6);
	for (size_t i = 0; i < 2; i++) {
		uint8_t bytes[STUN_MESSAGE_MAX];
		struct stun_out out;
		struct stun_msg m;

		assert_int_equal(stun_write_success(&out, bytes, sizeof bytes, tid, &addresses[i]),
				 0);
		finish(&out);
		assert_int_equal(stun_parse(&m, bytes, out.length), STUN_OK);
		assert_int_equal(m.type, STUN_BINDING_SUCCESS);
		assert_memory_equal(&m.mapped, &addresses[i], sizeof m.mapped);
		assert_true(integrity_is_right(&m, bytes));
	}

	struct sockaddr_storage other = { .ss_family = AF_UNIX };
	struct stun_out out;
	uint8_t bytes[STUN_MESSAGE_MAX];
	assert_int_equal(stun_write_success(&out, bytes, sizeof bytes, tid, &other), -EINVAL);
}

static void errors_read_back(void **state)
{
	(void)state;
	static const enum stun_error_code codes[] = { STUN_BAD_REQUEST, STUN_UNAUTHENTICATED,
						      STUN_UNKNOWN_ATTRIBUTE, STUN_ROLE_CONFLICT };
	struct stun_msg request = { .tid = { 9, 9 },
				    .unknown_count = 3,
				    .unknown = { 2, 3, 0x7fff } };

	for (size_t i = 0; i < countof(codes); i++) {
		for (int integrity = 0; integrity < 2; integrity++) {
			uint8_t bytes[STUN_MESSAGE_MAX];
			struct stun_out out;
			struct stun_msg m;

			assert_int_equal(stun_write_error(&out, bytes, sizeof bytes, &request,
							  codes[i], integrity),
					 0);
			finish(&out);
			assert_int_equal(stun_parse(&m, bytes, out.length), STUN_OK);
			assert_int_equal(m.type, STUN_BINDING_ERROR);
			assert_int_equal(m.error_code, codes[i]);
			assert_memory_equal(m.tid, request.tid, sizeof m.tid);
			assert_int_equal(m.integrity_at != 0, integrity);
			if (integrity)
				assert_true(integrity_is_right(&m, bytes));
			else
				assert_null(stun_integrity(&m, bytes));
			/* RFC 8489 14.9 */
			static const uint8_t list[] = { 0, 10, 0, 6, 0, 2, 0, 3, 0x7f, 0xff };
			assert_int_equal(memmem(bytes, out.length, list, sizeof list) != NULL,
					 codes[i] == STUN_UNKNOWN_ATTRIBUTE);
		}
	}
}

/* Header of a request, then the attributes given as bytes. */
static enum stun_result parse_with(struct stun_msg *ret, const void *attributes, size_t n)
{
	uint8_t bytes[256] = { 0, 1, 0, (uint8_t)n, 0x21, 0x12, 0xa4, 0x42 };

	memcpy(bytes + 20, attributes, n);
	autofree uint8_t *copy = exact_copy(bytes, 20 + n);
	return stun_parse(ret, copy, 20 + n);
}

static void odd_attributes(void **state)
{
	(void)state;
	static const struct {
		enum stun_result want;
		uint8_t unknown, n;
		uint8_t bytes[32];
	} cases[] = {
		{ STUN_OK, 0, 0, { 0 } },
		{ STUN_OK, 1, 4, { 0x00, 0x03, 0, 0 } }, /* CHANGE-REQUEST of RFC 3489 */
		{ STUN_OK, 0, 4, { 0xc0, 0x57, 0, 0 } }, /* comprehension-optional */
		{ STUN_OK, 2, 8, { 0x00, 0x03, 0, 0, 0x00, 0x19, 0, 0 } },
		{ STUN_SHORT, 0, 3, { 0xc0, 0x57, 0 } },	    /* not a multiple of four */
		{ STUN_BAD_ATTRIBUTE, 0, 4, { 0xc0, 0x57, 0, 1 } }, /* leaves the message */
		{ STUN_BAD_ATTRIBUTE, 0, 8, { 0, 6, 0, 5, 'a', 'b', 'c', 'd' } },
		{ STUN_BAD_ATTRIBUTE, 0, 4, { 0, 6, 0, 0 } }, /* empty USERNAME */
		{ STUN_BAD_ATTRIBUTE,
		  0,
		  8,
		  { 0, 0x24, 0, 3, 1, 2, 3, 0 } },		    /* PRIORITY of 3 bytes */
		{ STUN_BAD_ATTRIBUTE, 0, 8, { 0, 0x25, 0, 1, 1 } }, /* USE-CANDIDATE with a value */
		{ STUN_BAD_ATTRIBUTE, 0, 8, { 0x80, 0x29, 0, 4, 1 } }, /* tie-breaker of 4 bytes */
		{ STUN_BAD_ATTRIBUTE, 0, 8, { 0, 8, 0, 4, 1 } },       /* HMAC of 4 bytes */
		{ STUN_BAD_ATTRIBUTE,
		  0,
		  12,
		  { 0, 0x20, 0, 8, 0, 3, 1, 1, 1, 1, 1, 1 } }, /* family 3 */
		{ STUN_BAD_ATTRIBUTE,
		  0,
		  12,
		  { 0, 0x20, 0, 8, 0, 2, 1, 1, 1, 1, 1, 1 } },		  /* IPv6, 4 bytes */
		{ STUN_BAD_ATTRIBUTE, 0, 8, { 0, 9, 0, 4, 0, 0, 2, 0 } }, /* error code 200 */
		{ STUN_BAD_FINGERPRINT, 0, 8, { 0x80, 0x28, 0, 4, 1, 2, 3, 4 } },
		{ STUN_BAD_FINGERPRINT, 0, 4, { 0x80, 0x28, 0, 0 } },
	};

	for (size_t i = 0; i < countof(cases); i++) {
		struct stun_msg m = { .type = 77 };

		assert_int_equal(parse_with(&m, cases[i].bytes, cases[i].n), cases[i].want);
		if (cases[i].want == STUN_OK)
			assert_int_equal(m.unknown_count, cases[i].unknown);
		else
			assert_int_equal(m.type, 77); /* untouched */
	}
}

static void what_follows_integrity_does_not_count(void **state)
{
	(void)state;
	/* MESSAGE-INTEGRITY, then USE-CANDIDATE and an unknown attribute slipped in by somebody. */
	uint8_t attributes[32] = { 0, 8, 0, 20 };
	struct stun_msg m;

	memcpy(attributes + 24, (uint8_t[]){ 0, 0x25, 0, 0, 0, 3, 0, 0 }, 8);
	assert_int_equal(parse_with(&m, attributes, sizeof attributes), STUN_OK);
	assert_false(m.use_candidate);
	assert_int_equal(m.unknown_count, 0);
	assert_int_equal(m.integrity_at, 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(request_of_rfc5769),
		cmocka_unit_test(responses_of_rfc5769),
		cmocka_unit_test(prefixes_and_flips_fail),
		cmocka_unit_test(request_reads_back),
		cmocka_unit_test(responses_read_back),
		cmocka_unit_test(errors_read_back),
		cmocka_unit_test(odd_attributes),
		cmocka_unit_test(what_follows_integrity_does_not_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
