/* SPDX-License-Identifier: Apache-2.0 */
/* Our own offers (GOLDEN=1 rewrites vectors/sdp-answers/our-offer.sdp: review the diff), and the answers to them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "sdp_case.h"

static const struct negotiate_down downs[] = {
	{ .kind = KIND_AUDIO,
	  .codec = CODEC_OPUS,
	  .active = true,
	  .publisher = { "PA_abc" },
	  .track = { "TR_mic" },
	  .ssrc = 1001 },
	{ .kind = KIND_VIDEO,
	  .codec = CODEC_VP8,
	  .active = true,
	  .publisher = { "PA_abc" },
	  .track = { "TR_cam" },
	  .ssrc = 2001,
	  .rtx_ssrc = 2002 },
	{ .kind = KIND_VIDEO, .codec = CODEC_H264_MODE1, .active = false },
};

static void our_offer(void **state)
{
	(void)state;
	struct sb out = { 0 };

	negotiate_write_offer(&out, &local, downs, countof(downs));
	assert_false(out.bad);
	autofree struct sdp *sdp = parse(out.text);
	autofree char *golden = read_file("sdp-answers", "our-offer");
	assert_int_equal(sdp->section_count, 4);
	assert_true(sdp_text_is(sdp->bundle, "0 1 2 3"));
	assert_true(sdp->ice_lite);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(sdp->sections[i].setup, SDP_SETUP_ACTPASS);
	const struct sdp_section *video = &sdp->sections[2];
	assert_true(sdp_text_is(video->stream, "PA_abc|TR_cam"));
	assert_true(sdp_text_is(video->track, "TR_cam"));
	assert_int_equal(video->direction, SDP_SENDONLY);
	assert_int_equal(sdp_rtx_ssrc(video, 2001), 2002);
	assert_int_equal(sdp->sections[3].direction, SDP_INACTIVE);
	assert_int_equal(sdp->sections[3].ssrc_count, 0);
	assert_int_equal(sdp->sections[3].stream.n, 0);
	if (getenv("GOLDEN")) {
		FILE *file = fopen(VECTORS "/sdp-answers/our-offer.sdp", "wb");
		assert_non_null(file);
		(void)fwrite(out.text, 1, out.len, file);
		(void)fclose(file);
	} else {
		assert_string_equal(out.text, golden);
	}
	sb_fini(&out);
}

/* An answer to our_offer; %s: setup, direction of the camera. */
#define ANSWER_TRANSPORT                                                                 \
	"c=IN IP4 0.0.0.0\r\na=ice-ufrag:abcd\r\na=ice-pwd:abcdabcdabcdabcdabcdabcd\r\n" \
	"a=fingerprint:sha-256 " FINGERPRINT "\r\na=rtcp-mux\r\n"
#define ANSWER                                                                          \
	"v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1 2 "        \
	"3\r\na=setup:%s\r\n"                                                           \
	"m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n" ANSWER_TRANSPORT         \
	"a=mid:0\r\na=sctp-port:5000\r\n"                                               \
	"m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n" ANSWER_TRANSPORT                          \
	"a=mid:1\r\na=recvonly\r\na=rtpmap:111 opus/48000/2\r\na=extmap:1 "             \
	"urn:ietf:params:rtp-hdrext:sdes:mid\r\na=extmap:2 "                            \
	"http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n" \
	"m=video 9 UDP/TLS/RTP/SAVPF %s\r\n" ANSWER_TRANSPORT "a=mid:2\r\na=%s\r\n%s"   \
	"m=video 9 UDP/TLS/RTP/SAVPF 108\r\n" ANSWER_TRANSPORT                          \
	"a=mid:3\r\na=inactive\r\na=rtpmap:108 H264/90000\r\na=fmtp:108 "               \
	"packetization-mode=1;profile-level-id=42e01f\r\n"

static int take_answer(struct negotiate_taken taken[3], char *error, const char *setup,
		       const char *types, const char *direction, const char *codecs)
{
	char text[4096];
	struct negotiate_remote remote;

	(void)snprintf(text, sizeof text, ANSWER, setup, types, direction, codecs);
	autofree struct sdp *sdp = parse(text);
	int r = negotiate_read_answer(&remote, taken, sdp, downs, countof(downs), error);
	if (r == 0)
		assert_string_equal(remote.ufrag, "abcd");
	return r;
}

#define VP8_AS_OFFERED "a=rtpmap:96 VP8/90000\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n"
#define VP8_MAPPED     "a=rtpmap:120 VP8/90000\r\n"

static void answers_to_us(void **state)
{
	(void)state;
	struct negotiate_taken t[3];
	char error[NEGOTIATE_ERROR_MAX] = "";

	assert_int_equal(take_answer(t, error, "active", "96 97", "recvonly", VP8_AS_OFFERED), 0);
	assert_true(t[0].accepted);
	assert_int_equal(t[0].payload_type, 111);
	assert_int_equal(t[0].mid_id, 1);
	assert_int_equal(t[0].transport_cc_id, 2);
	assert_true(t[1].accepted);
	assert_int_equal(t[1].payload_type, 96);
	assert_int_equal(t[1].rtx_payload_type, 97);
	assert_int_equal(t[1].mid_id, 0);
	assert_int_equal(t[1].transport_cc_id, 0);
	assert_false(t[2].accepted);

	/* other numbers, and no RTX */
	assert_int_equal(take_answer(t, error, "active", "120", "recvonly", VP8_MAPPED), 0);
	assert_true(t[1].accepted);
	assert_int_equal(t[1].payload_type, 120);
	assert_int_equal(t[1].rtx_payload_type, 0);

	/* refused */
	assert_int_equal(take_answer(t, error, "active", "96 97", "inactive", VP8_AS_OFFERED), 0);
	assert_false(t[1].accepted);

	/* the wrong DTLS role is said clearly */
	assert_true(take_answer(t, error, "passive", "96 97", "recvonly", VP8_AS_OFFERED) < 0);
	assert_non_null(strstr(error, "a=setup must be active"));
}

/* Who refuses data channels answers section 0 with port 0; the next one speaks for the transport. */
static void an_answer_without_data(void **state)
{
	(void)state;
	struct negotiate_taken taken[3];
	struct negotiate_remote remote;
	char error[NEGOTIATE_ERROR_MAX] = "", text[4096];

	(void)snprintf(text, sizeof text, ANSWER, "active", "96 97", "recvonly", VP8_AS_OFFERED);
	autofree struct sdp *with = parse(text);
	assert_int_equal(negotiate_read_answer(&remote, taken, with, downs, 3, error), 0);
	assert_false(remote.without_data);
	autofree char *refused = edited(text, "m=application 9", "m=application 0");
	autofree char *other = edited(refused, "a=ice-ufrag:abcd", "a=ice-ufrag:none");
	autofree struct sdp *without = parse(other);
	assert_int_equal(negotiate_read_answer(&remote, taken, without, downs, 3, error), 0);
	assert_true(remote.without_data);
	assert_string_equal(remote.ufrag, "abcd");
	assert_true(taken[0].accepted && taken[1].accepted);
}

/* The section list must be ours. */
static void foreign_answers_are_refused(void **state)
{
	(void)state;
	autofree char *text = read_file("sdp", "chromium-publish");
	autofree char *active = edited(text, "a=setup:actpass", "a=setup:active");
	autofree struct sdp *sdp = parse(active);
	struct negotiate_remote remote;
	struct negotiate_taken t[3];
	char error[NEGOTIATE_ERROR_MAX] = "";

	assert_true(negotiate_read_answer(&remote, t, sdp, downs, 3, error) < 0);
	assert_non_null(strstr(error, "sections"));
	assert_int_equal(negotiate_read_answer(&remote, t, sdp, downs, 2, error), 0);
	assert_true(negotiate_read_answer(&remote, t, sdp, downs + 1, 2, error) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(our_offer),
		cmocka_unit_test(answers_to_us),
		cmocka_unit_test(an_answer_without_data),
		cmocka_unit_test(foreign_answers_are_refused),
	};

	return cmocka_run_group_tests(tests, local_set_up, NULL);
}
