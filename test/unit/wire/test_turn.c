/* SPDX-License-Identifier: Apache-2.0 */
/* TURN messages: the long-term vector of RFC 5769, our own read back, and broken ones. */
#include <arpa/inet.h>
#include <errno.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "base/address.h"
#include "vectors.h"
#include "wire/turn.h"

#include <cmocka.h>

#define SAYS(text_, literal)                                                  \
	do {                                                                  \
		assert_int_equal((text_).length, sizeof(literal) - 1);        \
		assert_memory_equal((text_).p, literal, sizeof(literal) - 1); \
	} while (0)

static struct sockaddr_storage four(const char *ip, uint16_t port)
{
	struct sockaddr_storage ret = { 0 };
	struct sockaddr_in *in = (void *)&ret;

	in->sin_family = AF_INET;
	in->sin_port = htons(port);
	assert_int_equal(inet_pton(AF_INET, ip, &in->sin_addr), 1);
	return ret;
}

static struct sockaddr_storage six(const char *ip, uint16_t port)
{
	struct sockaddr_storage ret = { 0 };
	struct sockaddr_in6 *in = (void *)&ret;

	in->sin6_family = AF_INET6;
	in->sin6_port = htons(port);
	assert_int_equal(inet_pton(AF_INET6, ip, &in->sin6_addr), 1);
	return ret;
}

static void long_term_of_rfc5769(void **state)
{
	(void)state;
	static const char credentials[] = "マトリックス:example.org:TheMatrIX";
	size_t n;
	autofree uint8_t *bytes = vector_read("stun/rfc5769-2.4-long-term.bin", &n);
	uint8_t key[16], digest[20], input[200];
	struct turn_msg m;

	assert_int_equal(turn_parse(&m, bytes, n), STUN_OK);
	assert_int_equal(m.type, STUN_BINDING_REQUEST);
	SAYS(m.username, "マトリックス");
	SAYS(m.realm, "example.org");
	SAYS(m.nonce, "f//499k954d6OL34oL9FSTvy64sA");
	assert_int_equal(
		EVP_Digest(credentials, sizeof credentials - 1, key, NULL, EVP_md5(), NULL), 1);
	memcpy(input, bytes, m.integrity_at);
	turn_integrity_head(&m, bytes, input);
	assert_non_null(HMAC(EVP_sha1(), key, sizeof key, input, m.integrity_at, digest, NULL));
	assert_memory_equal(digest, bytes + m.integrity_at + 4, sizeof digest);
}

static void everything_reads_back(void **state)
{
	(void)state;
	struct turn_msg m = { .type = TURN_ALLOCATE | STUN_ERROR,
			      .tid = "abcdefghijkl",
			      .username = { "user", 4 },
			      .realm = { "realm", 5 },
			      .nonce = { "nonce", 5 },
			      .has_lifetime = true,
			      .lifetime = 0x12345678,
			      .has_channel = true,
			      .channel = 0x4321,
			      .has_transport = true,
			      .transport = TURN_UDP,
			      .has_family = true,
			      .family = 2,
			      .even_port = true,
			      .reservation = true,
			      .two_families = true,
			      .relayed = four("192.0.2.1", 49152),
			      .mapped = six("2001:db8::9", 40000),
			      .peer_count = 2,
			      .peers = { four("203.0.113.7", 7882), six("2001:db8::7", 1) },
			      .data = (const uint8_t *)"seven..",
			      .data_length = 7,
			      .error_code = TURN_STALE_NONCE };
	uint8_t bytes[STUN_MESSAGE_MAX], other[STUN_MESSAGE_MAX], head[4];
	struct stun_out out;
	struct turn_msg r;

	assert_int_equal(turn_write(&out, bytes, sizeof bytes, &m, true), 0);
	assert_int_equal(turn_parse(&r, bytes, out.length), STUN_OK);
	assert_int_equal(r.type, m.type);
	assert_memory_equal(r.tid, m.tid, sizeof r.tid);
	SAYS(r.username, "user");
	SAYS(r.realm, "realm");
	SAYS(r.nonce, "nonce");
	assert_true(r.has_lifetime && r.has_channel && r.has_transport && r.has_family);
	assert_int_equal(r.lifetime, m.lifetime);
	assert_int_equal(r.channel, m.channel);
	assert_int_equal(r.transport, m.transport);
	assert_int_equal(r.family, m.family);
	assert_true(r.even_port && r.reservation && r.two_families);
	assert_true(address_equal(&r.relayed, &m.relayed) && address_equal(&r.mapped, &m.mapped));
	assert_int_equal(r.peer_count, 2);
	assert_true(address_equal(&r.peers[0], &m.peers[0]) &&
		    address_equal(&r.peers[1], &m.peers[1]));
	assert_int_equal(r.data_length, 7);
	assert_memory_equal(r.data, "seven..", 7);
	assert_int_equal(r.error_code, 438);
	assert_int_equal(r.unknown_count, 0);
	assert_ptr_equal(bytes + r.integrity_at + 4, out.hmac);
	assert_int_equal(r.integrity_at, out.hash_length);
	turn_integrity_head(&r, bytes, head); /* nothing follows it: as it is */
	assert_memory_equal(head, bytes, 4);
	for (size_t n = 0, whole = out.length; n < whole; n++) {
		assert_int_not_equal(turn_parse(&r, bytes, n), STUN_OK);
		assert_int_equal(turn_write(&out, other, n, &m, true), -ENOBUFS);
	}
	m.mapped.ss_family = AF_UNIX;
	assert_int_equal(turn_write(&out, bytes, sizeof bytes, &m, true), -EINVAL);
}

/* One attribute by itself. */
static enum stun_result parse_one(struct turn_msg *ret, uint16_t type, const void *value, size_t n)
{
	uint8_t bytes[2000] = { 0, 3, 0, 0, 0x21, 0x12, 0xa4, 0x42 };
	size_t padded = (n + 3) & ~(size_t)3;

	bytes[2] = (uint8_t)((padded + 4) >> 8);
	bytes[3] = (uint8_t)(padded + 4);
	bytes[20] = (uint8_t)(type >> 8);
	bytes[21] = (uint8_t)type;
	bytes[22] = (uint8_t)(n >> 8);
	bytes[23] = (uint8_t)n;
	memcpy(bytes + 24, value, n);
	return turn_parse(ret, bytes, 24 + padded);
}

static void impossible_lengths(void **state)
{
	(void)state;
	static const struct {
		uint16_t type;
		size_t good;
	} all[] = { { 0x000d, 4 }, { 0x000c, 4 }, { 0x0019, 4 }, { 0x0017, 4 },
		    { 0x0018, 1 }, { 0x0022, 8 }, { 0x8000, 4 } };
	static const uint8_t zeros[1200];
	struct turn_msg m;

	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		for (size_t n = 0; n < 12; n++)
			assert_int_equal(parse_one(&m, all[i].type, zeros, n),
					 n == all[i].good ? STUN_OK : STUN_BAD_ATTRIBUTE);
	}
	for (size_t n = 0; n < 24; n++) { /* addresses */
		static const uint8_t family4[24] = { 0, 1 }, family6[24] = { 0, 2 };

		assert_int_equal(parse_one(&m, 0x0012, zeros, n), STUN_BAD_ATTRIBUTE);
		assert_int_equal(parse_one(&m, 0x0012, family4, n),
				 n == 8 ? STUN_OK : STUN_BAD_ATTRIBUTE);
		assert_int_equal(parse_one(&m, 0x0012, family6, n),
				 n == 20 ? STUN_OK : STUN_BAD_ATTRIBUTE);
	}
	assert_int_equal(parse_one(&m, 0x0006, zeros, 513), STUN_OK);
	assert_int_equal(parse_one(&m, 0x0006, zeros, 514), STUN_BAD_ATTRIBUTE);
	assert_int_equal(parse_one(&m, 0x0015, zeros, 1000), STUN_OK); /* somebody else's */
	assert_int_equal(m.nonce.length, TURN_NAME_MAX);
	assert_int_equal(parse_one(&m, 0x0013, zeros, 0), STUN_OK);
	assert_true(m.data && m.data_length == 0);
	assert_int_equal(parse_one(&m, 0x7f19, zeros, 3), STUN_OK);
	assert_int_equal(m.unknown_count, 1);
	assert_int_equal(parse_one(&m, 0xff19, zeros, 3), STUN_OK);
	assert_int_equal(m.unknown_count, 0);
}

static void too_many_peers(void **state)
{
	(void)state;
	struct turn_msg m = { .type = TURN_CREATE_PERMISSION, .peer_count = TURN_PEERS_MAX }, r;
	uint8_t bytes[STUN_MESSAGE_MAX];
	struct stun_out out;

	for (int i = 0; i < TURN_PEERS_MAX; i++)
		m.peers[i] = four("192.0.2.1", (uint16_t)i);
	assert_int_equal(turn_write(&out, bytes, sizeof bytes, &m, false), 0);
	assert_int_equal(turn_parse(&r, bytes, out.length), STUN_OK);
	assert_int_equal(r.peer_count, TURN_PEERS_MAX);
	memcpy(bytes + out.length, bytes + 20, 12); /* one more */
	bytes[3] = (uint8_t)(bytes[3] + 12);
	assert_int_equal(turn_parse(&r, bytes, out.length + 12), STUN_BAD_ATTRIBUTE);
}

static void data_to_the_client(void **state)
{
	(void)state;
	const struct sockaddr_storage peers[] = { four("203.0.113.7", 7882),
						  six("2001:db8::7", 7882) };
	static const uint8_t tid[12] = "abcdefghijkl";
	uint8_t message[200];
	struct turn_msg m;
	uint16_t channel;
	size_t pad, length;

	for (size_t i = 0; i < 2; i++) {
		for (size_t n = 0; n < 9; n++) {
			memset(message, 'x', sizeof message);
			size_t head = turn_write_data_head(message, 0, &peers[i], tid, n, &pad);

			assert_int_equal(head, i ? 48 : 36);
			assert_true(head <= TURN_DATA_HEAD_MAX && (n + pad) % 4 == 0);
			assert_int_equal(turn_parse(&m, message, head + n + pad), STUN_OK);
			assert_int_equal(m.type, TURN_DATA);
			assert_memory_equal(m.tid, tid, 12);
			assert_true(address_equal(&m.peers[0], &peers[i]));
			assert_int_equal(m.data_length, n);
		}
	}
	assert_int_equal(turn_write_data_head(message, 0x4abc, &peers[0], tid, 5, &pad), 4);
	assert_int_equal(pad, 3);
	assert_true(turn_is_channel(message, 4));
	assert_true(turn_read_channel(message, 12, &channel, &length));
	assert_int_equal(channel, 0x4abc);
	assert_int_equal(length, 5);
	assert_false(turn_read_channel(message, 8, &channel, &length));
	assert_int_equal(turn_write_data_head(message, 0x4abc, &peers[0], tid, 65535, &pad), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(long_term_of_rfc5769), cmocka_unit_test(everything_reads_back),
		cmocka_unit_test(impossible_lengths),	cmocka_unit_test(too_many_peers),
		cmocka_unit_test(data_to_the_client),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
