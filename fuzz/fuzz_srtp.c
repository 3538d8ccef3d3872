/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SRTP and SRTCP with fixed keys. The first byte chooses suite and way: raw bytes into unprotect,
 * which must refuse them, or bytes as a plain packet, which must come back through a round trip.
 */
#include <stdlib.h>
#include <string.h>

#include "media/peer/srtp.h"
#include "wire/rtp.h"

static void check(bool ok)
{
	if (!ok)
		abort();
}

static void raw(struct srtp *s, bool rtcp, const uint8_t *bytes, size_t n)
{
	uint8_t *copy = malloc(n ? n : 1);
	size_t length = n;
	uint64_t index;

	if (!copy)
		return;
	memcpy(copy, bytes, n);
	enum verdict v = rtcp ? srtp_unprotect_rtcp(s, copy, n, &length)
			      : srtp_unprotect_rtp(s, copy, n, &length, &index);
	check(v != V_OK && length == n && s->received.count + s->received_rtcp.count == 0);
	free(copy);
}

static void round_trip(struct srtp *out, struct srtp *in, bool rtcp, const uint8_t *bytes, size_t n)
{
	uint8_t sealed[4096];
	struct rtp_header h;
	size_t length = 0;
	int r;

	if (rtcp) {
		r = srtp_protect_rtcp(out, bytes, n, sealed, sizeof sealed);
	} else {
		if (!rtp_parse_header(&h, bytes, n))
			return;
		struct srtp_job job = { .srtp = out,
					.header = bytes,
					.header_length = h.header_length,
					.payload = bytes + h.header_length,
					.payload_length = n - h.header_length,
					.out = sealed,
					.capacity = sizeof sealed };
		srtp_protect_rtp(&job, 1);
		r = job.ret_result < 0 ? job.ret_result : (int)job.ret_length;
	}
	if (r < 0)
		return;
	enum verdict v = rtcp ? srtp_unprotect_rtcp(in, sealed, (size_t)r, &length)
			      : srtp_unprotect_rtp(in, sealed, (size_t)r, &length, NULL);
	check(v == V_OK && length == n && memcmp(sealed, bytes, n) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct srtp_keys k = { .suite = SRTP_AEAD_AES_128_GCM };
	struct srtp a, b;

	if (n < 1 || n > 3000)
		return 0;
	if (bytes[0] & 1)
		k.suite = SRTP_AES128_CM_SHA1_80;
	memset(k.send_key, 7, sizeof k.send_key);
	memcpy(k.receive_key, k.send_key, sizeof k.receive_key);
	if (srtp_init(&a, &k) < 0)
		return 0;
	if (srtp_init(&b, &k) == 0) {
		bool rtcp = bytes[0] & 2;

		if (bytes[0] & 4)
			raw(&b, rtcp, bytes + 1, n - 1);
		else
			round_trip(&a, &b, rtcp, bytes + 1, n - 1);
		srtp_fini(&b);
	}
	srtp_fini(&a);
	return 0;
}
