/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server's description, as an offer and as an answer, to a client. Whatever the client writes back
 * parses again, mirrors the sections, and takes nothing that was not offered.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "client/peer.h"

#define FINGERPRINT                                                                               \
	"AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:" \
	"AA:AA:AA"

static struct sdp offer, answer;
static struct outbox outbox;

static void check_answer(struct peer *p)
{
	char *text = peer_write_answer(p, &offer);
	struct peer_stream stream;
	struct sdp_error error;

	assert(text);
	enum sdp_result r = sdp_parse(&answer, text, strlen(text), &error);

	if (r != SDP_TOO_LARGE) { /* hundreds of sections make a long answer */
		assert(r == SDP_OK);
		assert(answer.section_count == offer.section_count);
		for (size_t i = 0; i < answer.section_count; i++) {
			const struct sdp_section *a = &answer.sections[i], *o = &offer.sections[i];

			assert(a->kind == o->kind && sdp_text_same(a->mid, o->mid));
			for (size_t k = 0; k < a->codec_count && a->port; k++)
				assert(sdp_find_codec(o, a->codecs[k].payload_type));
			if (a->direction == SDP_RECVONLY && a->port)
				assert(peer_stream_of(&stream, o));
		}
	}
	free(text);
}

static void with(enum peer_role role, bool data, const char *text, size_t n)
{
	struct rng rng;
	struct peer p;
	char error[PEER_ERROR] = "";

	rng_seeded(&rng, 1);
	outbox_init(&outbox);
	peer_init(&p, &(struct peer_config){ .rng = &rng,
					     .outbox = &outbox,
					     .fingerprint = FINGERPRINT,
					     .role = role,
					     .data = data });
	for (int twice = 0; twice < 2; twice++) {
		int r = role == PEER_PUBLISHER ? peer_read_answer(&p, 1, &offer, text, n, error)
					       : peer_read_offer(&p, 1, &offer, text, n, error);

		if (r < 0)
			assert(error[0]);
		else if (role == PEER_SUBSCRIBER)
			check_answer(&p);
		(void)peer_tick(&p, 2);
	}
	peer_fini(&p);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	with(PEER_PUBLISHER, true, (const char *)bytes, n);
	with(PEER_SUBSCRIBER, true, (const char *)bytes, n);
	with(PEER_SUBSCRIBER, false, (const char *)bytes, n);
	return 0;
}
