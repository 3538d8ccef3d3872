/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading: what a client's offer or answer means for us (livekit-protocol 5). Linear in the size of
 * the description. Writing is in negotiate_write.c.
 */
#include "media/sfu/negotiate.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int refuse(char *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

static int refuse(char *error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vsnprintf(error, NEGOTIATE_ERROR_MAX, format, args); /* cut is fine: for people */
	va_end(args);
	return -EPROTO;
}

/* False when it does not fit. */
static bool copy_text(char *ret, size_t capacity, struct sdp_text t)
{
	if (t.n >= capacity)
		return false;
	memcpy(ret, t.n ? t.at : "", t.n);
	ret[t.n] = '\0';
	return true;
}

/* ICE and DTLS of the bundle are those of its first section (RFC 8843 7.1.3). */
static int read_remote(struct negotiate_remote *ret, const struct sdp_section *s, char *error)
{
	if (s->ice_ufrag.n < 4 || s->ice_pwd.n < 22 ||
	    !copy_text(ret->ufrag, sizeof ret->ufrag, s->ice_ufrag) ||
	    !copy_text(ret->pwd, sizeof ret->pwd, s->ice_pwd))
		return refuse(error, "a=ice-ufrag or a=ice-pwd is missing or has a wrong length");
	if (!s->fingerprint.present)
		return refuse(error, "a=fingerprint:sha-256 is missing");
	sdp_fingerprint_text(s->fingerprint.sha256, ret->fingerprint);
	return 0;
}

static int check_limits(const struct sdp *sdp, char *error)
{
	size_t candidates = 0;

	for (size_t i = 0; i < sdp->section_count; i++)
		candidates += sdp->sections[i].candidates;
	/* rtc-node repeats its candidates in each of its sections: the limit is per section of a
	 * real client */
	if (candidates > LIMIT_SDP_CANDIDATES * (sdp->section_count ? sdp->section_count : 1))
		return refuse(error, "%zu candidates are too many", candidates);
	return 0;
}

/* The section whose transport counts: the first one that is not rejected. */
static const struct sdp_section *first_usable(const struct sdp *sdp)
{
	for (size_t i = 0; i < sdp->section_count; i++) {
		const struct sdp_section *s = &sdp->sections[i];

		if (s->bundled || (sdp->bundle.n == 0 && s->port != 0))
			return s;
	}
	return NULL;
}

/* Extensions that are worth their bytes; video orientation is not: without it the encoder rotates
 * the picture. */
static bool extension_wanted(const struct sdp_extension *x)
{
	if (!(x->direction & SDP_SENDONLY))
		return false; /* only towards the client, where we send nothing on this connection
			       */
	switch ((enum rtpext_kind)x->kind) {
	case RTPEXT_MID:
	case RTPEXT_RID:
	case RTPEXT_REPAIRED_RID:
	case RTPEXT_AUDIO_LEVEL:
	case RTPEXT_TRANSPORT_CC:
	case RTPEXT_ABS_SEND_TIME:
	case RTPEXT_DEPENDENCY_DESCRIPTOR:
		return true;
	default:
		return false;
	}
}

bool negotiate_takes_extension(const struct rtpext_map *map, const struct sdp_extension *x)
{
	return extension_wanted(x) && map->kind_of[x->id] == x->kind;
}

static void read_codecs(struct negotiate_up *up, const struct sdp_section *s)
{
	for (size_t i = 0; i < s->codec_count && up->codec_count < NEGOTIATE_CODECS; i++) {
		const struct sdp_codec *c = &s->codecs[i];
		enum codec codec = codec_of_sdp(c, s->kind);

		if (codec == CODEC_NONE)
			continue;

		const struct sdp_codec *rtx = sdp_find_rtx(s, c->payload_type);
		uint8_t wanted = SDP_FB_TRANSPORT_CC;

		if (s->kind == SDP_VIDEO)
			wanted |= SDP_FB_NACK | SDP_FB_NACK_PLI | SDP_FB_CCM_FIR;
		up->codecs[up->codec_count++] = (struct negotiate_codec){
			.codec = codec,
			.payload_type = c->payload_type,
			.rtx_payload_type = rtx ? rtx->payload_type : 0,
			.feedback = (c->feedback & wanted) | codec_info(codec)->unoffered,
		};
	}
}

static bool rid_is_offered(const struct sdp_section *s, struct sdp_text rid)
{
	for (size_t i = 0; i < s->rid_count; i++) {
		if (s->rids[i].send && sdp_text_same(s->rids[i].id, rid))
			return true;
	}
	return false;
}

/* LiveKit's names q, h, f; others ("0", "1", "2") by their place, which goes from low to high. -1 =
 * no room. */
static int layer_of_rid(const struct negotiate_up *up, struct sdp_text rid)
{
	static const char *const names[LAYERS_MAX] = { "q", "h", "f" };

	for (int i = 0; i < LAYERS_MAX; i++) {
		if (sdp_text_is(rid, names[i]))
			return up->rids[i][0] ? -1 : i;
	}
	for (int i = up->rid_count; i < LAYERS_MAX; i++) {
		if (!up->rids[i][0])
			return i;
	}
	return -1;
}

static void read_rids(struct negotiate_up *up, const struct sdp_section *s)
{
	struct sdp_text rest = s->simulcast_send, rid;
	bool paused;

	while (sdp_next_rid(&rest, &rid, &paused)) {
		int layer = rid_is_offered(s, rid) ? layer_of_rid(up, rid) : -1;

		if (layer < 0 || !copy_text(up->rids[layer], sizeof up->rids[layer], rid))
			continue;
		up->rid_order[up->rid_count++] = (uint8_t)layer;
	}
}

/* The announced stream: the first SSRC that is not the retransmission of another. */
static void read_ssrcs(struct negotiate_up *up, const struct sdp_section *s)
{
	if (up->rid_count)
		return; /* simulcast is told apart by rid; Firefox lists SSRCs too, in no promised
			   order */
	for (size_t i = 0; i < s->ssrc_group_count; i++) {
		const struct sdp_ssrc_group *g = &s->ssrc_groups[i];

		if (g->semantics == SDP_GROUP_FID && g->count >= 2) {
			up->ssrc = g->ssrcs[0];
			up->rtx_ssrc = g->ssrcs[1];
			return;
		}
	}
	if (s->ssrc_count)
		up->ssrc = s->ssrcs[0].ssrc;
}

static int read_section(struct negotiate_offer *o, struct negotiate_up *up, const struct sdp *sdp,
			const struct sdp_section *s, char *error)
{
	up->kind = s->kind;
	up->usable = s->bundled || (sdp->bundle.n == 0 && s == first_usable(sdp));
	if (!copy_text(up->mid, sizeof up->mid, s->mid) || (up->usable && s->mid.n == 0))
		return refuse(error, "section %u has no usable a=mid", s->line);
	if (!up->usable || (s->kind != SDP_AUDIO && s->kind != SDP_VIDEO))
		return 0;
	if (!s->rtcp_mux)
		return refuse(error, "section %s has no a=rtcp-mux", up->mid);

	for (size_t i = 0; i < s->extension_count; i++) {
		const struct sdp_extension *x = &s->extensions[i];

		/* an id that means something else in another section is not taken */
		if (extension_wanted(x))
			(void)rtpext_map_set(&o->extensions, x->id, (enum rtpext_kind)x->kind);
	}
	read_codecs(up, s);
	up->sending = (s->direction & SDP_SENDONLY) && up->codec_count > 0;
	if (!up->sending)
		return 0;
	(void)copy_text(up->track_id, sizeof up->track_id,
			s->track); /* too long: then no cid either */
	read_rids(up, s);
	read_ssrcs(up, s);
	return 0;
}

void negotiate_offer_fini(struct negotiate_offer *o)
{
	free(o->sections);
	*o = (struct negotiate_offer){ 0 };
}

static int read_sections(struct negotiate_offer *o, const struct sdp *sdp, char *error)
{
	const struct sdp_section *first = first_usable(sdp);

	if (!first)
		return refuse(error, "the offer has no section with a transport");
	if (first->setup != SDP_SETUP_ACTPASS && first->setup != SDP_SETUP_ACTIVE)
		return refuse(error,
			      "a=setup must be actpass or active: this server is the DTLS server");

	int r = check_limits(sdp, error);
	if (r == 0)
		r = read_remote(&o->remote, first, error);
	for (size_t i = 0; i < sdp->section_count && r == 0; i++)
		r = read_section(o, &o->sections[i], sdp, &sdp->sections[i], error);
	return r;
}

int negotiate_read_offer(struct negotiate_offer *ret, const struct sdp *offer, char *error)
{
	struct negotiate_offer o = {
		.section_count = offer->section_count,
		.sections = calloc(offer->section_count + 1, sizeof *o.sections),
	};

	if (!o.sections)
		return -ENOMEM;

	int r = read_sections(&o, offer, error);
	if (r < 0) {
		negotiate_offer_fini(&o);
		return r;
	}
	*ret = o;
	return 0;
}

const struct negotiate_codec *negotiate_find_payload(const struct negotiate_up *s,
						     uint8_t payload_type, bool *ret_rtx)
{
	for (size_t i = 0; i < s->codec_count; i++) {
		const struct negotiate_codec *c = &s->codecs[i];

		if (c->payload_type == payload_type || c->rtx_payload_type == payload_type) {
			*ret_rtx = c->payload_type != payload_type;
			return c;
		}
	}
	return NULL;
}

void negotiate_prefer(struct negotiate_up *s, enum codec codec)
{
	for (size_t i = 0; i < s->codec_count; i++) {
		const struct negotiate_codec c = s->codecs[i];

		if (codec_info(c.codec)->media != codec_info(codec)->media ||
		    (codec_info(codec)->kind == KIND_AUDIO && c.codec != codec))
			continue;
		memmove(&s->codecs[1], &s->codecs[0], i * sizeof c);
		s->codecs[0] = c;
		return;
	}
}

/* The payload type under which the client takes `codec`: ours if it kept it, as it should, else its
 * own. */
static const struct sdp_codec *find_taken(const struct sdp_section *s, enum codec codec)
{
	const struct codec_info *info = codec_info(codec);
	const struct sdp_codec *same = sdp_find_codec(s, info->payload_type);

	if (same && codec_of_sdp(same, s->kind) == codec)
		return same;
	for (size_t i = 0; i < s->codec_count; i++) {
		if (codec_of_sdp(&s->codecs[i], s->kind) == codec)
			return &s->codecs[i];
	}
	return NULL;
}

static struct negotiate_taken read_taken(const struct sdp_section *s,
					 const struct negotiate_down *down)
{
	struct negotiate_taken taken = { 0 };
	const struct sdp_codec *codec = down->active ? find_taken(s, down->codec) : NULL;

	if (!codec || !(s->direction & SDP_RECVONLY) || (s->port == 0 && !s->bundled))
		return taken;

	const struct sdp_codec *rtx = sdp_find_rtx(s, codec->payload_type);

	if (down->codec == CODEC_OPUS) {
		const struct sdp_codec *red = find_taken(s, CODEC_RED);

		taken.red_payload_type = red ? red->payload_type : 0;
	}
	taken.accepted = true;
	taken.payload_type = codec->payload_type;
	taken.rtx_payload_type = rtx && down->rtx_ssrc ? rtx->payload_type : 0;
	for (size_t i = 0; i < s->extension_count; i++) {
		const struct sdp_extension *x = &s->extensions[i];

		if (!(x->direction & SDP_RECVONLY) || x->id > 14)
			continue;
		if (x->kind == RTPEXT_MID)
			taken.mid_id = x->id;
		else if (x->kind == RTPEXT_TRANSPORT_CC)
			taken.transport_cc_id = x->id;
		else if (x->kind == RTPEXT_DEPENDENCY_DESCRIPTOR)
			taken.dd_id = x->id;
	}
	return taken;
}

/* The section that speaks for the bundle: the first that was not refused (RFC 8843 7.3.1). */
static const struct sdp_section *tagged(const struct sdp *answer)
{
	for (size_t i = 0; i < answer->section_count; i++) {
		if (answer->sections[i].port)
			return &answer->sections[i];
	}
	return &answer->sections[0];
}

static int check_answer(const struct sdp *answer, const struct negotiate_down *sections,
			size_t count, char *error)
{
	if (answer->section_count != count + 1)
		return refuse(error, "the answer has %zu sections, the offer %zu",
			      answer->section_count, count + 1);
	if (tagged(answer)->setup != SDP_SETUP_ACTIVE)
		return refuse(error, "a=setup must be active: this server is the DTLS server");
	for (size_t i = 0; i < count + 1; i++) {
		const struct sdp_section *s = &answer->sections[i];
		enum sdp_kind kind = i == 0				  ? SDP_APPLICATION
				     : sections[i - 1].kind == KIND_AUDIO ? SDP_AUDIO
									  : SDP_VIDEO;
		char mid[16];

		negotiate_mid(i, mid, sizeof mid);
		if (s->kind != kind || (s->mid.n && !sdp_text_is(s->mid, mid)))
			return refuse(error, "section %zu of the answer is not that of the offer",
				      i);
	}
	return check_limits(answer, error);
}

int negotiate_read_answer(struct negotiate_remote *ret_remote, struct negotiate_taken *ret_taken,
			  const struct sdp *answer, const struct negotiate_down *sections,
			  size_t count, char *error)
{
	struct negotiate_remote remote = { 0 };
	int r = check_answer(answer, sections, count, error);

	if (r == 0)
		r = read_remote(&remote, tagged(answer), error);
	if (r < 0)
		return r;
	for (size_t i = 0; i < count; i++)
		ret_taken[i] = read_taken(&answer->sections[i + 1], &sections[i]);
	remote.without_data = answer->sections[0].port == 0;
	*ret_remote = remote;
	return 0;
}
