/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A description from a client, as an offer to us and as an answer to us. Whatever we write back
 * parses again, mirrors the sections, and takes nothing that was not offered.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "media/sfu/negotiate.h"

#define FINGERPRINT                                                                               \
	"AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:" \
	"AA:AA:AA"

static struct sdp offer, answer;

static void check_answer(const struct negotiate_offer *read, const char *text, size_t n)
{
	struct sdp_error error;
	enum sdp_result r = sdp_parse(&answer, text, n, &error);

	if (r == SDP_TOO_LARGE)
		return; /* hundreds of sections make a long answer: ours to send, not to read */
	assert(r == SDP_OK);
	assert(answer.section_count == offer.section_count && answer.ice_lite);
	for (size_t i = 0; i < answer.section_count; i++) {
		const struct sdp_section *a = &answer.sections[i], *o = &offer.sections[i];

		assert(a->kind == o->kind);
		assert(sdp_text_same(a->mid, o->mid));
		assert((a->port != 0) == read->sections[i].usable);
		if (a->kind != SDP_AUDIO && a->kind != SDP_VIDEO)
			continue;
		assert(a->direction == (read->sections[i].sending ? SDP_RECVONLY : SDP_INACTIVE));
		for (size_t k = 0; k < a->codec_count && a->port; k++)
			assert(sdp_find_codec(o, a->codecs[k].payload_type));
	}
}

static void as_offer(void)
{
	static struct sockaddr_storage address = { .ss_family = AF_INET };
	const struct negotiate_local local = {
		.ufrag = "ufrag",
		.pwd = "passwordpasswordpassword",
		.fingerprint = FINGERPRINT,
		.addresses = &address,
		.address_count = 1,
	};
	char error[NEGOTIATE_ERROR_MAX] = "";
	struct negotiate_offer read;
	struct sb out = { 0 };

	if (negotiate_read_offer(&read, &offer, error) < 0) {
		assert(error[0]);
		return;
	}
	negotiate_write_answer(&out, &local, &offer, &read);
	assert(!out.bad);
	check_answer(&read, out.text, out.len);
	sb_fini(&out);
	negotiate_offer_fini(&read);
}

static void as_answer(void)
{
	static const struct negotiate_down downs[] = {
		{ .kind = KIND_AUDIO, .codec = CODEC_OPUS, .active = true, .ssrc = 1 },
		{ .kind = KIND_VIDEO,
		  .codec = CODEC_VP8,
		  .active = true,
		  .ssrc = 2,
		  .rtx_ssrc = 3 },
		{ .kind = KIND_VIDEO, .codec = CODEC_H264_MODE1 },
	};
	struct negotiate_remote remote;
	struct negotiate_taken taken[3];
	char error[NEGOTIATE_ERROR_MAX] = "";

	for (size_t n = 0; n <= 3; n++) {
		if (negotiate_read_answer(&remote, taken, &offer, downs, n, error) < 0) {
			assert(error[0]);
			continue;
		}
		assert(strlen(remote.ufrag) >= 4 && strlen(remote.pwd) >= 22);
		for (size_t i = 0; i < n; i++)
			assert(!taken[i].accepted || downs[i].active);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	if (sdp_parse(&offer, (const char *)bytes, n, NULL) != SDP_OK)
		return 0;
	as_offer();
	as_answer();
	return 0;
}
