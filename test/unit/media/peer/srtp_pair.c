/* SPDX-License-Identifier: Apache-2.0 */
#include "srtp_pair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "base/wr.h"

struct srtp_keys srtp_pair_keys(enum srtp_suite suite, uint8_t seed)
{
	struct srtp_keys k = { .suite = suite };

	for (uint8_t i = 0; i < SRTP_KEY_LENGTH; i++) {
		k.send_key[i] = (uint8_t)(seed + i);
		k.receive_key[i] = (uint8_t)(seed + 100 + i);
	}
	for (uint8_t i = 0; i < SRTP_SALT_MAX; i++) {
		k.send_salt[i] = (uint8_t)(seed + 40 + i);
		k.receive_salt[i] = (uint8_t)(seed + 140 + i);
	}
	return k;
}

struct srtp_keys srtp_pair_mirrored(const struct srtp_keys *k)
{
	struct srtp_keys m = { .suite = k->suite };

	memcpy(m.send_key, k->receive_key, sizeof m.send_key);
	memcpy(m.receive_key, k->send_key, sizeof m.receive_key);
	memcpy(m.send_salt, k->receive_salt, sizeof m.send_salt);
	memcpy(m.receive_salt, k->send_salt, sizeof m.receive_salt);
	return m;
}

void srtp_pair_open(struct srtp *a, struct srtp *b, enum srtp_suite suite)
{
	struct srtp_keys k = srtp_pair_keys(suite, 1), m = srtp_pair_mirrored(&k);

	assert_int_equal(srtp_init(a, &k), 0);
	assert_int_equal(srtp_init(b, &m), 0);
}

size_t srtp_pair_packet(uint8_t *packet, uint32_t ssrc, uint16_t seq, size_t payload)
{
	struct wr w = wr_of(packet, PACKET);

	wr_u8(&w, 0x80 | 0x10 | 1);
	wr_u8(&w, 96);
	wr_be16(&w, seq);
	wr_be32(&w, seq * 3000u);
	wr_be32(&w, ssrc);
	wr_be32(&w, 0xc0ffee);
	wr_be16(&w, 0xbede);
	wr_be16(&w, 2);
	wr_be32(&w, 0x10aa2201);
	wr_be32(&w, 0x02000000);
	for (size_t i = 0; i < payload; i++)
		wr_u8(&w, (uint8_t)(seq + i));
	return wr_len(&w);
}

int srtp_pair_protect(struct srtp *s, const uint8_t *packet, size_t n, uint8_t *out,
		      size_t capacity)
{
	struct srtp_job job = { .srtp = s,
				.header = packet,
				.header_length = 28,
				.payload = packet + 28,
				.payload_length = n - 28,
				.out = out,
				.capacity = capacity };

	srtp_protect_rtp(&job, 1);
	return job.ret_result < 0 ? job.ret_result : (int)job.ret_length;
}
