/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Offers of real clients and our answers, compared with vectors/sdp-answers (GOLDEN=1 rewrites those: review the diff), and
 * what must hold for every answer. Our own offers: test_negotiate_offer.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "sdp_case.h"

static const char *const offers[] = {
	"chromium-data", "chromium-publish",  "chromium-simulcast",	  "chromium-vp9",
	"firefox-data",	 "firefox-simulcast", "libwebrtc-fallback-audio", "rtc-node-fallback",
	"chromium-join", "rtc-node-join",
};

static void check_codecs(const struct sdp_section *o, const struct sdp_section *a, bool sending)
{
	for (size_t i = 0; i < a->codec_count; i++) {
		const struct sdp_codec *mine = &a->codecs[i];
		const struct sdp_codec *theirs = sdp_find_codec(o, mine->payload_type);

		/* the offer's payload types, names and rates */
		assert_non_null(theirs);
		assert_true(theirs->clock_rate == mine->clock_rate);
		assert_int_equal(theirs->name.n, mine->name.n);
		/* of sound, libwebrtc sends again what it did not offer to */
		unsigned unoffered = sdp_codec_is(mine, "opus") ? SDP_FB_NACK : 0;
		assert_int_equal(mine->feedback & ~theirs->feedback & ~unoffered, 0);
		assert_false(mine->feedback & SDP_FB_REMB);
		if (sending)
			assert_true(codec_of_sdp(mine, a->kind) != CODEC_NONE ||
				    sdp_codec_is(mine, "rtx"));
	}
	for (size_t i = 0; i < a->extension_count; i++) {
		bool same = false;

		for (size_t k = 0; k < o->extension_count; k++)
			same |= o->extensions[k].id == a->extensions[i].id &&
				o->extensions[k].kind == a->extensions[i].kind;
		assert_true(same);
		assert_int_not_equal(a->extensions[i].kind, RTPEXT_VIDEO_ORIENTATION);
		assert_int_not_equal(a->extensions[i].kind, RTPEXT_DEPENDENCY_DESCRIPTOR);
	}
}

/* What holds for every answer to every offer of these clients. */
static void check_answer(const struct sdp *o, const struct sdp *a)
{
	assert_true(a->ice_lite);
	assert_int_equal(a->section_count, o->section_count);
	assert_true(sdp_text_same(a->bundle, o->bundle));
	for (size_t i = 0; i < a->section_count; i++) {
		const struct sdp_section *os = &o->sections[i], *as = &a->sections[i];
		bool sends = os->direction & SDP_SENDONLY;

		assert_int_equal(as->kind, os->kind);
		assert_true(sdp_text_same(as->mid, os->mid));
		assert_true(sdp_text_same(as->protocol, os->protocol));
		assert_int_not_equal(as->port, 0); /* never rejected (livekit-protocol 9, trap 2) */
		assert_int_equal(as->setup, SDP_SETUP_PASSIVE);
		assert_true(as->fingerprint.present);
		if (as->kind == SDP_APPLICATION) {
			assert_int_equal(as->sctp_port, 5000);
			assert_int_equal(as->max_message_size, 65536);
			continue;
		}
		assert_int_equal(as->direction, sends ? SDP_RECVONLY : SDP_INACTIVE);
		assert_true(as->rtcp_mux);
		assert_int_equal(as->rtcp_rsize, os->rtcp_rsize);
		assert_true(sdp_text_same(as->simulcast_recv, os->simulcast_send));
		check_codecs(os, as, sends);
	}
	assert_int_equal(a->sections[0].candidates, 3);
	assert_true(a->sections[0].end_of_candidates);
}

static void answers_match(void **state)
{
	(void)state;
	for (size_t i = 0; i < countof(offers); i++) {
		autofree char *offer_text = read_file("sdp", offers[i]);
		autofree char *golden = read_file("sdp-answers", offers[i]);
		assert_non_null(offer_text);
		autofree struct sdp *offer = parse(offer_text);
		struct negotiate_offer read;
		char error[NEGOTIATE_ERROR_MAX] = "";
		struct sb out = { 0 };

		if (negotiate_read_offer(&read, offer, error) != 0)
			fail_msg("%s: %s", offers[i], error);
		negotiate_write_answer(&out, &local, offer, &read);
		assert_false(out.bad);
		autofree struct sdp *answer = parse(out.text);
		check_answer(offer, answer);
		if (getenv("GOLDEN")) {
			char path[512];
			(void)snprintf(path, sizeof path, "%s/sdp-answers/%s.sdp", VECTORS,
				       offers[i]);
			FILE *file = fopen(path, "wb");
			assert_non_null(file);
			(void)fwrite(out.text, 1, out.len, file);
			(void)fclose(file);
		} else {
			assert_non_null(golden);
			assert_string_equal(out.text, golden);
		}
		sb_fini(&out);
		negotiate_offer_fini(&read);
	}
}

static struct negotiate_offer read_offer(const char *name, struct sdp **ret)
{
	autofree char *text = read_file("sdp", name);
	struct negotiate_offer read;
	char error[NEGOTIATE_ERROR_MAX];

	assert_non_null(text);
	*ret = parse(text);
	assert_int_equal(negotiate_read_offer(&read, *ret, error), 0);
	return read; /* copies everything it needs: the text may go */
}

static void simulcast_is_understood(void **state)
{
	(void)state;
	static const char *const names[] = { "chromium-simulcast", "firefox-simulcast" };

	for (size_t i = 0; i < countof(names); i++) {
		struct sdp *sdp;
		struct negotiate_offer o = read_offer(names[i], &sdp);
		const struct negotiate_up *video = NULL;

		for (size_t k = 0; k < o.section_count; k++) {
			if (o.sections[k].kind == SDP_VIDEO)
				video = &o.sections[k];
		}
		assert_non_null(video);
		assert_true(video->sending);
		assert_int_equal(video->rid_count, 3);
		assert_string_equal(video->rids[0], "q");
		assert_string_equal(video->rids[1], "h");
		assert_string_equal(video->rids[2], "f");
		assert_int_equal(video->ssrc, 0);
		assert_true(o.extensions.id_of[RTPEXT_MID] > 0);
		assert_true(o.extensions.id_of[RTPEXT_RID] > 0);
		assert_true(o.extensions.id_of[RTPEXT_TRANSPORT_CC] > 0);
		negotiate_offer_fini(&o);
		free(sdp);
	}
}

static void announced_ssrcs_are_understood(void **state)
{
	(void)state;
	struct sdp *sdp;
	struct negotiate_offer o = read_offer("chromium-publish", &sdp);
	bool rtx;

	assert_int_equal(o.section_count, 3);
	assert_false(o.sections[0].sending);
	assert_int_equal(o.sections[1].ssrc, 2921159522u);
	assert_string_equal(o.sections[1].track_id, "9bc263d1-e250-4afd-8d1c-972648dcc268");
	assert_int_equal(o.sections[2].ssrc, 1799375546u);
	assert_int_equal(o.sections[2].rtx_ssrc, 4041533004u);
	/* VP8, VP9 and AV1 of profile 0, and Baseline in both packetization modes; no Main */
	assert_int_equal(o.sections[2].codec_count, 7);
	assert_int_equal(negotiate_find_payload(&o.sections[2], 96, &rtx)->codec, CODEC_VP8);
	assert_false(rtx);
	assert_int_equal(negotiate_find_payload(&o.sections[2], 97, &rtx)->codec, CODEC_VP8);
	assert_true(rtx);
	assert_int_equal(negotiate_find_payload(&o.sections[2], 108, &rtx)->codec,
			 CODEC_H264_MODE1);
	assert_int_equal(negotiate_find_payload(&o.sections[2], 114, &rtx)->codec,
			 CODEC_H264_MODE0);
	assert_null(negotiate_find_payload(&o.sections[2], 116, &rtx));
	assert_int_equal(negotiate_find_payload(&o.sections[1], 63, &rtx)->codec, CODEC_RED);
	negotiate_offer_fini(&o);
	free(sdp);
}

static void bad_offers_are_refused(void **state)
{
	(void)state;
	static const struct {
		const char *from, *to, *why;
	} edits[] = {
		{ "a=setup:actpass", "a=setup:passive", "a=setup" },
		{ "a=ice-ufrag:497C\r\n", "", "ice-ufrag" },
		{ "a=fingerprint:sha-256 A2", "a=fingerprint:sha-1 A2", "fingerprint" },
		{ "a=rtcp-mux\r\n", "", "rtcp-mux" },
	};
	autofree char *text = read_file("sdp", "chromium-publish");

	for (size_t i = 0; i < countof(edits); i++) {
		autofree char *bad = edited(text, edits[i].from, edits[i].to);
		autofree struct sdp *sdp = parse(bad);
		struct negotiate_offer o = { 0 };
		char error[NEGOTIATE_ERROR_MAX] = "";

		assert_true(negotiate_read_offer(&o, sdp, error) < 0);
		assert_null(o.sections);
		if (!strstr(error, edits[i].why))
			fail_msg("%s: %s", edits[i].from, error);
	}
}

static void given_up_sections_are_mirrored(void **state)
{
	(void)state;
	autofree char *text = read_file("sdp", "chromium-publish");
	autofree char *less = edited(text, "BUNDLE 0 1 2", "BUNDLE 0 2");
	autofree char *bad = edited(less, "m=audio 9 ", "m=audio 0 ");
	autofree struct sdp *sdp = parse(bad);
	struct negotiate_offer o;
	char error[NEGOTIATE_ERROR_MAX] = "";
	struct sb out = { 0 };

	assert_int_equal(negotiate_read_offer(&o, sdp, error), 0);
	assert_false(o.sections[1].sending);
	negotiate_write_answer(&out, &local, sdp, &o);
	autofree struct sdp *answer = parse(out.text);
	assert_int_equal(answer->sections[1].port, 0);
	assert_int_equal(answer->sections[2].port, 9);
	sb_fini(&out);
	negotiate_offer_fini(&o);
}

/* What the client wants to send comes first in the answer, with what that needs. */
static void preferred_codec_is_first(void **state)
{
	(void)state;
	static const struct {
		enum codec codec;
		unsigned payload_type;
		bool descriptor;
	} all[] = { { CODEC_VP8, 96, false },
		    { CODEC_VP9, 98, true },
		    { CODEC_AV1, 45, true },
		    { CODEC_H264_MODE0, 102,
		      false } }; /* the first of the offer: the client's own */
	autofree char *text = read_file("sdp", "chromium-simulcast");
	autofree struct sdp *sdp = parse(text);

	for (size_t i = 0; i < countof(all); i++) {
		struct negotiate_offer o;
		char error[NEGOTIATE_ERROR_MAX];
		struct sb out = { 0 };

		assert_int_equal(negotiate_read_offer(&o, sdp, error), 0);
		for (size_t k = 0; k < o.section_count; k++) {
			if (o.sections[k].codec_count)
				negotiate_prefer(&o.sections[k], o.sections[k].kind == SDP_AUDIO
									 ? CODEC_RED
									 : all[i].codec);
		}
		negotiate_write_answer(&out, &local, sdp, &o);
		autofree struct sdp *answer = parse(out.text);
		for (size_t k = 0; k < answer->section_count; k++) {
			const struct sdp_section *s = &answer->sections[k];
			bool descriptor = false;

			for (size_t x = 0; x < s->extension_count; x++)
				descriptor |= s->extensions[x].kind == RTPEXT_DEPENDENCY_DESCRIPTOR;
			if (s->kind == SDP_AUDIO)
				assert_int_equal(s->codecs[0].payload_type, 63);
			if (s->kind != SDP_VIDEO)
				continue;
			assert_int_equal(s->codecs[0].payload_type, all[i].payload_type);
			assert_int_equal(descriptor, all[i].descriptor);
			assert_true(s->codec_count >= 7);
		}
		sb_fini(&out);
		negotiate_offer_fini(&o);
	}
}

/* Video of something we do not know only: inactive, but not rejected. */
static void nothing_in_common(void **state)
{
	(void)state;
	autofree char *text = read_file("sdp", "chromium-publish");
	char *at = strstr(text, "m=video");
	assert_non_null(at);
	for (char *codec; (codec = strstr(at, " VP8/")) || (codec = strstr(at, " H264/")) ||
			  (codec = strstr(at, " VP9/")) || (codec = strstr(at, " AV1/"));)
		codec[1] = 'Z';
	autofree struct sdp *sdp = parse(text);
	struct negotiate_offer o;
	char error[NEGOTIATE_ERROR_MAX] = "";
	struct sb out = { 0 };

	assert_int_equal(negotiate_read_offer(&o, sdp, error), 0);
	assert_false(o.sections[2].sending);
	assert_true(o.sections[1].sending);
	negotiate_write_answer(&out, &local, sdp, &o);
	autofree struct sdp *answer = parse(out.text);
	assert_int_equal(answer->sections[2].port, 9);
	assert_int_equal(answer->sections[2].direction, SDP_INACTIVE);
	assert_int_equal(answer->sections[2].codec_count, 1);
	sb_fini(&out);
	negotiate_offer_fini(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_match),
		cmocka_unit_test(simulcast_is_understood),
		cmocka_unit_test(announced_ssrcs_are_understood),
		cmocka_unit_test(bad_offers_are_refused),
		cmocka_unit_test(given_up_sections_are_mirrored),
		cmocka_unit_test(preferred_codec_is_first),
		cmocka_unit_test(nothing_in_common),
	};

	return cmocka_run_group_tests(tests, local_set_up, NULL);
}
