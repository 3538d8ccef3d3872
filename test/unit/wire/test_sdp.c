/* SPDX-License-Identifier: Apache-2.0 */
/* Session descriptions: what real clients send, what is refused and how it is said. The limits: test_sdp_limits.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "vectors.h"
#include "wire/sdp.h"

#include <cmocka.h>

static char *vector;	/* what `sdp` points into */
static struct sdp *sdp; /* one for all tests: it must come up clean each time */

static int set_up(void **state)
{
	(void)state;
	sdp = malloc(sizeof *sdp);
	if (!sdp)
		return -1;
	memset(sdp, 0xa5, sizeof *sdp);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	free(sdp);
	free(vector);
	return 0;
}

/* Reads and parses one vector into `sdp`. */
static void parse_vector(const char *name)
{
	size_t n;
	struct sdp_error error = { 0 };

	free(vector);
	vector = (char *)vector_read(name, &n);
	if (sdp_parse(sdp, vector, n, &error) != SDP_OK)
		fail_msg("%s: %s", name, error.text);
}

static void all_vectors_parse(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		size_t sections, codecs, extensions, ssrcs, groups, rids, candidates;
	} cases[] = {
		{ "sdp/chromium-data.sdp", 1, 0, 0, 0, 0, 0, 0 },
		{ "sdp/chromium-join.sdp", 7, 126, 48, 0, 0, 0, 0 },
		{ "sdp/chromium-publish.sdp", 3, 31, 13, 3, 1, 0, 4 },
		{ "sdp/chromium-simulcast.sdp", 3, 31, 15, 1, 0, 3, 2 },
		{ "sdp/chromium-vp9.sdp", 3, 31, 13, 3, 1, 0, 2 },
		{ "sdp/firefox-data.sdp", 1, 0, 0, 0, 0, 0, 0 },
		{ "sdp/firefox-simulcast.sdp", 3, 14, 12, 7, 3, 3, 4 },
		{ "sdp/libwebrtc-fallback-audio.sdp", 8, 101, 49, 1, 0, 0, 28 },
		{ "sdp/rtc-node-fallback.sdp", 7, 93, 45, 0, 0, 0, 0 },
		{ "sdp/rtc-node-join.sdp", 7, 93, 45, 0, 0, 0, 0 },
		{ "sdp/server-subscriber-offer.sdp", 3, 2, 3, 2, 0, 0, 6 },
	};

	for (size_t i = 0; i < countof(cases); i++) {
		parse_vector(cases[i].name);
		size_t candidates = 0;

		for (size_t k = 0; k < sdp->section_count; k++) {
			const struct sdp_section *s = &sdp->sections[k];

			candidates += s->candidates;
			assert_true(s->bundled);
			assert_true(s->mid.n && s->ice_ufrag.n && s->ice_pwd.n);
			assert_true(s->fingerprint.present && s->setup != SDP_SETUP_NONE);
			assert_ptr_equal(sdp_find_section(sdp, s->mid), s);
		}
		assert_int_equal(sdp->section_count, cases[i].sections);
		assert_int_equal(sdp->codec_count, cases[i].codecs);
		assert_int_equal(sdp->extension_count, cases[i].extensions);
		assert_int_equal(sdp->ssrc_count, cases[i].ssrcs);
		assert_int_equal(sdp->ssrc_group_count, cases[i].groups);
		assert_int_equal(sdp->rid_count, cases[i].rids);
		assert_int_equal(candidates, cases[i].candidates);
	}
}

static void assert_text(struct sdp_text t, const char *want)
{
	if (!sdp_text_is(t, want))
		fail_msg("\"%.*s\" is not \"%s\"", SDP_ARG(t), want);
}

static void chromium_simulcast(void **state)
{
	(void)state;
	parse_vector("sdp/chromium-simulcast.sdp");
	const struct sdp_section *data = &sdp->sections[0], *audio = &sdp->sections[1],
				 *video = &sdp->sections[2];

	assert_text(sdp->bundle, "0 1 2");
	assert_true(sdp->extmap_allow_mixed);
	assert_false(sdp->ice_lite);
	assert_true(sdp->session_id == 358397152994831882u);
	assert_int_equal(sdp->session_version, 4);

	assert_int_equal(data->kind, SDP_APPLICATION);
	assert_text(data->protocol, "UDP/DTLS/SCTP");
	assert_text(data->formats, "webrtc-datachannel");
	assert_int_equal(data->port, 52786);
	assert_int_equal(data->sctp_port, 5000);
	assert_int_equal(data->max_message_size, 262144);
	assert_int_equal(data->candidates, 2);

	assert_int_equal(audio->kind, SDP_AUDIO);
	assert_int_equal(audio->direction, SDP_SENDONLY);
	assert_int_equal(audio->codec_count, 8);
	const struct sdp_codec *opus = sdp_find_codec(audio, 111);
	assert_true(sdp_codec_is(opus, "OPUS"));
	assert_int_equal(opus->clock_rate, 48000);
	assert_int_equal(opus->channels, 2);
	assert_text(sdp_fmtp_get(opus->fmtp, "useinbandfec"), "1");
	assert_int_equal(sdp_fmtp_get(opus->fmtp, "usedtx").n, 0);
	assert_true(opus->feedback & SDP_FB_TRANSPORT_CC);
	assert_text(sdp_find_codec(audio, 63)->fmtp, "111/111");
	assert_true(sdp_codec_is(sdp_find_codec(audio, 0), "PCMU"));

	assert_int_equal(video->kind, SDP_VIDEO);
	assert_int_equal(video->port, 9);
	assert_int_equal(video->setup, SDP_SETUP_ACTPASS);
	assert_text(video->ice_ufrag, "azC9");
	assert_text(video->ice_pwd, "aNyerMKyRQmDkBQ4LwEvCN6t");
	assert_int_equal(video->fingerprint.sha256[0], 0x86);
	assert_int_equal(video->fingerprint.sha256[31], 0x5a);
	assert_text(video->stream, "-");
	assert_text(video->track, "064fc481-f4c6-427d-b4c2-0e008c6ca2b3");
	assert_true(video->rtcp_mux && video->rtcp_rsize);
	const struct sdp_codec *vp8 = sdp_find_codec(video, 96);
	assert_true(sdp_codec_is(vp8, "VP8"));
	assert_int_equal(vp8->feedback, SDP_FB_NACK | SDP_FB_NACK_PLI | SDP_FB_CCM_FIR |
						SDP_FB_REMB | SDP_FB_TRANSPORT_CC);
	assert_int_equal(sdp_find_rtx(video, 96)->payload_type, 97);
	assert_null(sdp_find_rtx(video, 97));
	assert_null(sdp_find_codec(video, 95));
	assert_text(sdp_fmtp_get(sdp_find_codec(video, 108)->fmtp, "profile-level-id"), "42e01f");
	assert_int_equal(video->extension_count, 13);
	assert_int_equal(video->extensions[9].id, 10);
	assert_int_equal(video->extensions[9].kind, RTPEXT_RID);

	struct sdp_text list = video->simulcast_send, rid;
	char order[8] = "";
	bool paused;
	while (sdp_next_rid(&list, &rid, &paused)) {
		assert_false(paused);
		strncat(order, rid.at, rid.n);
	}
	assert_string_equal(order, "qhf");
	assert_int_equal(video->rid_count, 3);
	assert_text(video->rids[2].id, "f");
	assert_true(video->rids[2].send);
}

static void firefox_simulcast(void **state)
{
	(void)state;
	parse_vector("sdp/firefox-simulcast.sdp");
	const struct sdp_section *audio = &sdp->sections[1], *video = &sdp->sections[2];

	/* one fingerprint, at session level */
	assert_int_equal(video->fingerprint.sha256[0], 0xb4);
	assert_int_equal(video->fingerprint.sha256[31], 0x27);
	assert_text(video->ice_options, "trickle");
	assert_int_equal(sdp_find_codec(audio, 109)->channels, 2);
	assert_text(audio->track, "{9b2a075e-d0d8-400d-9e2d-d9569a61c50a}");
	assert_int_equal(audio->extensions[1].direction, SDP_RECVONLY);
	assert_int_equal(audio->extensions[1].kind, RTPEXT_CSRC_AUDIO_LEVEL);
	assert_int_equal(video->ssrc_count, 6);
	assert_int_equal(video->ssrc_group_count, 3);
	assert_int_equal(sdp_rtx_ssrc(video, 368443977), 2444814348);
	assert_int_equal(sdp_rtx_ssrc(video, 2444814348), 0);
	assert_text(sdp_find_ssrc(video, 1017171424)->cname,
		    "{f161e569-a4df-4727-9a50-6058e9008b00}");
	assert_int_equal(sdp_find_rtx(video, 120)->payload_type, 124);
	assert_int_equal(sdp->sections[0].max_message_size, 1073741823);
	assert_true(sdp->sections[0].end_of_candidates);
}

static void server_offer(void **state)
{
	(void)state;
	parse_vector("sdp/server-subscriber-offer.sdp");
	const struct sdp_section *audio = &sdp->sections[1];

	assert_int_equal(audio->setup, SDP_SETUP_PASSIVE);
	assert_text(audio->stream, "PA_3xyz|TR_A4zz");
	assert_text(audio->track, "TR_A4zz");
	assert_int_equal(audio->ssrcs[0].ssrc, 1502701647);
}

static void chromium_ssrc_lines(void **state)
{
	(void)state;
	parse_vector("sdp/chromium-publish.sdp");
	const struct sdp_section *video = &sdp->sections[2];

	assert_text(sdp_find_ssrc(video, 1799375546)->track,
		    "5e175ccd-da65-45b6-9288-1b57ab1a5bfe");
	assert_text(sdp_find_ssrc(video, 1799375546)->cname, "RnzVIy4JUxRgj08G");
	assert_int_equal(sdp_rtx_ssrc(video, 1799375546), 4041533004);
}

/* Every prefix: an error with a text, or a shorter description;
 * the exact copy lets a sanitizer watch the end. */
static void prefixes(void **state)
{
	(void)state;
	static const char *const names[] = { "sdp/chromium-simulcast.sdp",
					     "sdp/firefox-simulcast.sdp" };

	for (size_t i = 0; i < countof(names); i++) {
		size_t n, refused = 0;
		autofree uint8_t *text = vector_read(names[i], &n);

		for (size_t length = 0; length < n; length++) {
			autofree uint8_t *copy = exact_copy(text, length);
			struct sdp_error error = { 0 };

			if (sdp_parse(sdp, (char *)copy, length, &error) == SDP_OK) {
				assert_int_equal(error.code, SDP_OK);
				continue;
			}
			refused++;
			assert_int_not_equal(error.code, SDP_OK);
			assert_true(strlen(error.text) > 10);
		}
		assert_true(refused > 100);
	}
}

#define HEAD  "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n"
#define AUDIO "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"

static void refuses_and_says_why(void **state)
{
	(void)state;
	static const struct {
		enum sdp_result want;
		unsigned line;
		const char *text, *says;
	} cases[] = {
		{ SDP_BAD_ORDER, 0, "", "start with v=0" },
		{ SDP_BAD_ORDER, 1, "o=- 1 1 IN IP4 0.0.0.0\r\n", "start with v=0" },
		{ SDP_BAD_LINE, 1, "hello", "\"hello\" in line 1" },
		{ SDP_BAD_LINE, 1, "\r\n", "line 1" },
		{ SDP_BAD_BYTES, 2, "v=0\no=-\rx\n", "CR" },
		{ SDP_BAD_VALUE, 5, HEAD "m=audio\r\n", "<media> <port>" },
		{ SDP_BAD_VALUE, 5, HEAD "m=audio 65536 RTP/AVP 0\r\n", "\"audio 65536" },
		{ SDP_BAD_VALUE, 5, HEAD "m=audio 9 RTP/AVP 128\r\n", "0 to 127" },
		{ SDP_BAD_VALUE, 5, HEAD "m=audio 9 RTP/AVP x\r\n", "\"x\"" },
		{ SDP_DUPLICATE, 5, HEAD "m=audio 9 RTP/AVP 96 96\r\n", "\"96\"" },
		{ SDP_BAD_VALUE, 6, HEAD AUDIO "a=mid:\r\n", "a=mid" },
		{ SDP_BAD_VALUE, 6, HEAD AUDIO "a=mid:a b\r\n", "\"a b\"" },
		{ SDP_BAD_VALUE, 6, HEAD AUDIO "a=mid:\"\r\n", "token" },
		{ SDP_DUPLICATE, 7, HEAD AUDIO "a=mid:0\r\na=mid:1\r\n", "one a=mid" },
		{ SDP_DUPLICATE, 7, HEAD AUDIO "a=mid:0\r\n" AUDIO "a=mid:0\r\n", "\"0\"" },
		{ SDP_BAD_VALUE, 6, HEAD AUDIO "a=setup:server\r\n", "actpass" },
		{ SDP_BAD_VALUE, 6, HEAD AUDIO "a=ice-ufrag:abc\r\n", "4 to 256" },
		{ SDP_BAD_VALUE, 6, HEAD AUDIO "a=ice-ufrag:ab cd\r\n", "ice-chars" },
		{ SDP_BAD_VALUE, 6, HEAD AUDIO "a=ice-pwd:tooshort\r\n", "22 to 256" },
		{ SDP_BAD_VALUE, 6, HEAD AUDIO "a=fingerprint:sha-256 AB:CD\r\n", "32 bytes" },
		{ SDP_BAD_VALUE, 6, HEAD AUDIO "a=fingerprint:sha-256\r\n", "hex" },
		{ SDP_BAD_VALUE, 6, HEAD AUDIO "a=rtpmap:111 opus\r\n", "<clock>" },
		{ SDP_BAD_VALUE, 6, HEAD AUDIO "a=rtpmap:111 opus/0\r\n", "<clock>" },
		{ SDP_BAD_VALUE, 6, HEAD AUDIO "a=rtpmap:111 opus/4294967296\r\n", "<clock>" },
		{ SDP_BAD_VALUE, 6, HEAD AUDIO "a=rtpmap:999 opus/48000\r\n", "0 to 127" },
		{ SDP_BAD_VALUE, 6, HEAD AUDIO "a=extmap:0 urn:x\r\n", "a=extmap" },
		{ SDP_BAD_VALUE, 6, HEAD AUDIO "a=extmap:1/upwards urn:x\r\n", "direction" },
		{ SDP_DUPLICATE, 7, HEAD AUDIO "a=extmap:1 urn:x\r\na=extmap:1 urn:y\r\n",
		  "each id once" },
		{ SDP_BAD_VALUE, 6, HEAD AUDIO "a=ssrc:4294967296 cname:x\r\n", "32-bit" },
		{ SDP_BAD_VALUE, 6, HEAD AUDIO "a=ssrc-group:FID 1 x\r\n", "32-bit" },
		{ SDP_TOO_MANY, 6, HEAD AUDIO "a=ssrc-group:SIM 1 2 3 4 5 6 7 8 9\r\n",
		  "at most 8" },
		{ SDP_BAD_VALUE, 6, HEAD AUDIO "a=rid:q sideways\r\n", "send|recv" },
		{ SDP_BAD_VALUE, 6, HEAD AUDIO "a=simulcast:send\r\n", "<list>" },
		{ SDP_BAD_VALUE, 6, HEAD AUDIO "a=sctp-port:70000\r\n", "65535" },
		{ SDP_BAD_VALUE, 6, HEAD AUDIO "a=max-message-size:-1\r\n", "\"-1\"" },
		{ SDP_BAD_VALUE, 6, HEAD AUDIO "a=msid:\r\n", "<stream>" },
		{ SDP_BAD_VALUE, 6, HEAD AUDIO "a=mid:\x1b[31m\xff\r\n", "\"?[31m?\"" },
	};

	for (size_t i = 0; i < countof(cases); i++) {
		size_t n = strlen(cases[i].text);
		autofree uint8_t *copy = exact_copy(cases[i].text, n);
		struct sdp_error error = { 0 };

		if (sdp_parse(sdp, (char *)copy, n, &error) != cases[i].want)
			fail_msg("case %zu: code %d, %s", i, error.code, error.text);
		assert_int_equal(error.code, cases[i].want);
		assert_int_equal(error.line, cases[i].line);
		if (!strstr(error.text, cases[i].says))
			fail_msg("case %zu: \"%s\" does not say \"%s\"", i, error.text,
				 cases[i].says);
	}
	static const char nul[] = "v=0\r\na=x\0y\r\n";
	assert_int_equal(sdp_parse(sdp, nul, sizeof nul - 1, NULL), SDP_BAD_BYTES);
}

static void tolerates_what_is_legal(void **state)
{
	(void)state;
	static const char text[] =
		"v=0\no=- x y\nm=audio 0/2 RTP/AVP 0 8 "
		"96\nb=AS:5\na=unknown\na=candidate:whatever\n"
		"a=fingerprint:sha-1 AA:BB\na=rtcp-fb:* nack pli\na=rtpmap:97 x/1\na=extmap:4096 "
		"urn:x\n"
		"a=msid:s\na=rtcp-fb:96 nack\na=ssrc:5 label:x\na=simulcast:send ~a,b;c recv d\n"
		"a=inactive\nm=image 9 udptl t38\n\n\n";
	struct sdp_error error;
	autofree uint8_t *copy = exact_copy(text, sizeof text - 1);

	if (sdp_parse(sdp, (char *)copy, sizeof text - 1, &error) != SDP_OK)
		fail_msg("%s", error.text);
	const struct sdp_section *s = &sdp->sections[0];
	assert_int_equal(sdp->section_count, 2);
	assert_int_equal(s->port, 0);
	assert_int_equal(s->codec_count, 3);
	assert_true(sdp_codec_is(&s->codecs[1], "pcma"));
	assert_int_equal(s->codecs[0].feedback, SDP_FB_NACK_PLI);
	assert_int_equal(s->codecs[2].feedback, SDP_FB_NACK_PLI | SDP_FB_NACK);
	assert_int_equal(s->codecs[2].name.n, 0);
	assert_false(s->fingerprint.present);
	assert_int_equal(s->extension_count, 0);
	assert_text(s->stream, "s");
	assert_int_equal(s->track.n, 0);
	assert_int_equal(s->ssrc_count, 1);
	assert_int_equal(s->direction, SDP_INACTIVE);
	assert_text(s->simulcast_recv, "d");
	struct sdp_text list = s->simulcast_send, rid;
	bool paused;
	assert_true(sdp_next_rid(&list, &rid, &paused));
	assert_text(rid, "a");
	assert_true(paused);
	assert_true(sdp_next_rid(&list, &rid, &paused));
	assert_text(rid, "c");
	assert_false(sdp_next_rid(&list, &rid, &paused));
	assert_int_equal(sdp->sections[1].kind, SDP_OTHER);
	assert_int_equal(sdp->sections[1].direction, SDP_SENDRECV);
	assert_int_equal(sdp->sections[1].mid.n, 0);
}

static void small_helpers(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool good;
		uint64_t want;
	} numbers[] = {
		{ "0", true, 0 },     { "18446744073709551615", true, UINT64_MAX },
		{ "", false, 0 },     { "18446744073709551616", false, 0 },
		{ "-1", false, 0 },   { "99999999999999999999", false, 0 },
		{ "1 ", false, 0 },   { "0x1", false, 0 },
		{ "0042", true, 42 },
	};

	for (size_t i = 0; i < countof(numbers); i++) {
		struct sdp_text t = { numbers[i].text, (uint32_t)strlen(numbers[i].text) };
		uint64_t got = 7;

		assert_int_equal(sdp_text_number(t, UINT64_MAX, &got), numbers[i].good);
		assert_true(got == (numbers[i].good ? numbers[i].want : 7));
	}
	assert_int_equal(sdp_direction_reverse(SDP_SENDONLY), SDP_RECVONLY);
	assert_int_equal(sdp_direction_reverse(SDP_RECVONLY), SDP_SENDONLY);
	assert_int_equal(sdp_direction_reverse(SDP_SENDRECV), SDP_SENDRECV);
	assert_int_equal(sdp_direction_reverse(SDP_INACTIVE), SDP_INACTIVE);
	assert_string_equal(sdp_direction_name(SDP_RECVONLY), "recvonly");
	assert_null(sdp_setup_name(SDP_SETUP_NONE));

	uint8_t sha256[32] = { 0x0a, 0xbc, [31] = 0xff };
	char text[96];
	sdp_fingerprint_text(sha256, text);
	assert_int_equal(strlen(text), 95);
	assert_memory_equal(text, "0A:BC:00", 8);
	assert_string_equal(text + 90, "00:FF");

	struct sdp_text fmtp = { "a=1; B=2;c", 10 };
	assert_text(sdp_fmtp_get(fmtp, "b"), "2");
	assert_int_equal(sdp_fmtp_get(fmtp, "c").n, 0);
	assert_true(sizeof *sdp < 640 * 1024);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_vectors_parse),	cmocka_unit_test(chromium_simulcast),
		cmocka_unit_test(firefox_simulcast),	cmocka_unit_test(server_offer),
		cmocka_unit_test(chromium_ssrc_lines),	cmocka_unit_test(prefixes),
		cmocka_unit_test(refuses_and_says_why), cmocka_unit_test(tolerates_what_is_legal),
		cmocka_unit_test(small_helpers),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
